"""The one place that asks what time it is; pure rules receive `now` as an argument."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """The organisation's day at a moment (now, when none is given), whatever zone the reader has chosen for screens."""
    return timezone.localdate(at or now(), timezone.get_default_timezone())


def midnight(moment: datetime, zone: tzinfo) -> datetime:
    """When the day of `moment` began in `zone`."""
    return datetime.combine(moment.astimezone(zone).date(), time.min, zone)


def months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of its month where that is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    following = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(following - timedelta(days=1), date(year, month + 1, 1) + timedelta(days=day.day - 1))
