"""Pure rules of reviewing rights: the period, its deadline, what is due when."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
PERIOD_MONTHS = 3  # product default: each quarter
LASTS = timedelta(days=14)  # product default: what nobody confirmed by then lapses


def period_start(now: datetime) -> datetime:
    """The first moment of the quarter, in the organisation's time."""
    local = now.astimezone(ZONE)
    month = (local.month - 1) // PERIOD_MONTHS * PERIOD_MONTHS + 1
    return local.replace(month=month, day=1, hour=0, minute=0, second=0, microsecond=0)


def period_of(now: datetime) -> str:
    """The code of the quarter, such as 2026Q4."""
    start = period_start(now)
    return f"{start.year}Q{(start.month - 1) // PERIOD_MONTHS + 1}"


def extra_period(now: datetime) -> str:
    """The code of a review outside the quarters: the day it was called for."""
    return f"{now.astimezone(ZONE):%Y-%m-%d}"
