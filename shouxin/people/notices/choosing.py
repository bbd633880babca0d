"""What each person's settings come to, with the product's defaults where nothing was chosen."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import time
from uuid import UUID

from shouxin.kit import mail
from shouxin.people.models import Staff
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import Kind, kinds
from shouxin.people.notices.models import Address, Channel, Choice, Preference
from shouxin.people.preferences.rules import DEFAULT_ZONE


@dataclass(frozen=True, slots=True)
class Ways:
    """By which ways one kind is told to one person."""

    shown: bool
    mail: bool
    robot: bool


@dataclass(frozen=True, slots=True)
class Wish:
    """How a person wants to be told, and where they can be."""

    language: str = "zh-hans"
    zone: str = DEFAULT_ZONE
    quiet: tuple[time, time] | None = rules.QUIET
    digest_hour: int | None = rules.DIGEST_HOUR
    reachable: frozenset[str] = frozenset()


def default(kind: Kind) -> Ways:
    """What holds where a person chose nothing."""
    return Ways(shown=True, mail=kind.mail or kind.urgent, robot=False)


def wishes(staff: Collection[UUID]) -> dict[UUID, Wish]:
    """The wishes of these people, in three statements."""
    zones = dict(Staff.objects.filter(id__in=staff).values_list("id", "time_zone"))
    chosen = {one.staff_id: one for one in Preference.objects.filter(staff_id__in=staff)}
    reachable: dict[UUID, set[str]] = {}
    known = Address.objects.filter(staff_id__in=staff, confirmed_at__isnull=False)
    for owner, channel in known.values_list("staff_id", "channel"):
        if channel != Channel.MAIL or mail.is_configured():
            reachable.setdefault(owner, set()).add(channel)
    return {
        one: _wish(chosen.get(one), zones.get(one, DEFAULT_ZONE), frozenset(reachable.get(one, ())))
        for one in staff
    }


def wish_of(staff: UUID) -> Wish:
    return wishes([staff])[staff]


def _wish(chosen: Preference | None, zone: str, reachable: frozenset[str]) -> Wish:
    if chosen is None:
        return Wish(zone=zone, reachable=reachable)
    quiet = None
    if chosen.quiet_from is not None and chosen.quiet_until is not None:
        quiet = (chosen.quiet_from, chosen.quiet_until)
    return Wish(chosen.language, zone, quiet, chosen.digest_hour, reachable)


def ways(kind: Kind, staff: Collection[UUID]) -> dict[UUID, Ways]:
    """By which ways these people are told of `kind`; what is urgent always stands in the console."""
    chosen = {one.staff_id: one for one in Choice.objects.filter(kind=kind.key, staff_id__in=staff)}
    usual = default(kind)
    return {one: _ways(kind, chosen[one]) if one in chosen else usual for one in staff}


def all_ways(staff: UUID) -> dict[str, Ways]:
    """By which ways one person is told of each kind."""
    chosen = {one.kind: one for one in Choice.objects.filter(staff_id=staff)}
    return {
        kind.key: _ways(kind, chosen[kind.key]) if kind.key in chosen else default(kind)
        for kind in kinds.values()
    }


def _ways(kind: Kind, chosen: Choice) -> Ways:
    return Ways(chosen.shown or kind.urgent, chosen.mail, chosen.robot)
