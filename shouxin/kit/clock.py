"""The one place that asks what time it is; pure rules receive `now` as an argument."""

from datetime import UTC, date, datetime, time, tzinfo

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
