"""Midnight, for a run that goes on past it: no test sees a day end, and none stands on what was made the day before."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

# Whose midnights count: the organisation's, and the one of the moments in the database.
ZONES = (ZoneInfo("Asia/Shanghai"), UTC)
LONGEST = timedelta(seconds=60)  # what a test takes at most, on a busy machine


def until_day_is_over(now: datetime) -> float:
    """How many seconds a test that would begin now waits, so that it does not begin on one day and end on the next."""
    for zone in ZONES:
        later = (now + LONGEST).astimezone(zone)
        if later.date() != now.astimezone(zone).date():
            midnight = later.replace(hour=0, minute=0, second=0, microsecond=0)
            return (midnight - now).total_seconds()
    return 0.0


def stand_aside(*, wait: Callable[[float], None] = time.sleep) -> None:
    """Wait until the day is over where it is about to end."""
    while seconds := until_day_is_over(datetime.now(UTC)):
        wait(seconds)
