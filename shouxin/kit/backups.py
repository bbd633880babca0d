"""Backups that exist, as far as rooms know of them: whoever makes or stores backups signs up a list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: where it lies (never a secret), from when, and the suites its values are sealed under."""

    name: str
    place: str
    at: datetime
    suites: frozenset[int]


sources: Registry[Callable[[], Sequence[Backup]]] = Registry("backups")


def depending_on(suites: frozenset[int]) -> list[Backup]:
    """The backups that can be read only as long as these suites are known, oldest first."""
    found = [one for source in sources.values() for one in source() if one.suites & suites]
    return sorted(found, key=lambda one: one.at)
