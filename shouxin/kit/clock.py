"""The one place that asks what time it is; pure rules receive `now` as an argument."""

from datetime import UTC, date, datetime

from django.utils import timezone


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def today(at: datetime | None = None) -> date:
    """The organisation's day at a moment (now, when none is given), whatever zone the reader has chosen for screens."""
    return timezone.localdate(at or now(), timezone.get_default_timezone())
