"""Pure rules of leaving: how long a report looks back, what an announcement cuts, when the last day is over."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
REPORT_DAYS = 90
# From the announcement on one list shows this many customers and no further page (clause D1.1).
LIST_ROWS = 10
LONGEST_NOTICE = timedelta(days=366)


def today(now: datetime) -> date:
    return now.astimezone(ZONE).date()


def problem(last_day: date, now: datetime) -> str | None:
    """Why `last_day` cannot be announced, or None."""
    if not today(now) <= last_day <= today(now) + LONGEST_NOTICE:
        return "last_day_out_of_range"
    return None


def is_over(last_day: date, now: datetime) -> bool:
    """The last day is worked to its end; the log-in ends with it."""
    return today(now) > last_day


def report_from(now: datetime) -> datetime:
    """The first moment of the days that a departure report looks back on, today included."""
    first = today(now) - timedelta(days=REPORT_DAYS - 1)
    return datetime(first.year, first.month, first.day, tzinfo=ZONE)
