"""Pure decisions of region profiles."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from json import dumps
from zoneinfo import ZoneInfo

from shouxin.core.policy.regions import RegionRule


@dataclass(frozen=True, slots=True)
class Hours:
    """When customers there may be called or written to, by their own clock; weekdays 1 (Monday) to 7."""

    timezone: str
    weekdays: tuple[int, ...]
    from_hour: time
    until_hour: time
    holidays: tuple[date, ...] = ()  # on which nobody is called or written to

    def closed(self, at: datetime) -> str:
        """Why nobody there is called or written to at `at` (a code), or nothing."""
        local = at.astimezone(ZoneInfo(self.timezone))
        if local.date() in self.holidays:
            return "quiet.holiday"
        open_now = self.from_hour <= local.time() < self.until_hour
        return "" if open_now and local.isoweekday() in self.weekdays else "quiet.hours"


@dataclass(frozen=True, slots=True)
class Raise:
    """One field of a profile and why."""

    field: str
    level: int | None
    sensitive: bool
    reason: str
    verification: str = ""

    @property
    def rule(self) -> RegionRule:
        return RegionRule(self.level or 0, self.sensitive)


def digest(jurisdiction: str, hours: Hours, raises: Iterable[Raise], note: str) -> str:
    """What an approver has seen, so that nothing else is approved."""
    said: list[object] = [
        jurisdiction,
        [hours.timezone, sorted(hours.weekdays), hours.from_hour.isoformat(), hours.until_hour.isoformat()],
        sorted([one.field, one.level, one.sensitive, one.reason] for one in raises),
        note,
    ]
    if hours.holidays:
        said.append([day.isoformat() for day in sorted(hours.holidays)])
    return sha256(dumps(said, ensure_ascii=False).encode()).hexdigest()


def loosened(before: Mapping[str, RegionRule], after: Mapping[str, RegionRule]) -> Sequence[str]:
    """The fields for which a newer version demands less than the one in force."""
    return sorted(
        key
        for key, demand in before.items()
        if (now := after.get(key, RegionRule())).level < demand.level or demand.sensitive > now.sensitive
    )
