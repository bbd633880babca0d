"""Pure rules of collecting: who belongs to a plan's group, when a plan collects, what a filled form may hold."""

import ipaddress
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
DRAFTS_KEPT = timedelta(days=7)
ENDING_SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Group:
    """A plan's target group as clear columns can tell it; what is empty asks nothing."""

    kinds: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset()
    provinces: frozenset[str] = frozenset()
    departments: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of somebody before the group is asked."""

    kind: str
    segment: str
    province: str
    department: UUID | None


def inside(group: Group, person: Person) -> bool:
    """Whether somebody belongs to the group; what is not known of them does not fit a condition that asks it."""
    return (
        (not group.kinds or person.kind in group.kinds)
        and (not group.segments or person.segment in group.segments)
        and (not group.provinces or person.province in group.provinces)
        and (not group.departments or person.department in group.departments)
    )


def day_of(now: datetime) -> date:
    """The day it is here."""
    return now.astimezone(ZONE).date()


def why_closed(state: str, starts_on: date, ends_on: date, today: date) -> str:
    """Why a plan takes nothing today (a code), or nothing."""
    if state != "running":
        return "plan.not-running"
    if today < starts_on:
        return "plan.not-begun"
    return "plan.ended" if today > ends_on else ""


def undeclared(given: Iterable[str], declared: Collection[str], own: Collection[str] = ()) -> list[str]:
    """The names among `given` that neither the form declares nor the page itself brings along."""
    return sorted(set(given) - set(declared) - set(own))


def network_of(address: str) -> str:
    """The class of an address: own (this machine), private, or public; never the address."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return "own"
    if found.is_loopback:
        return "own"
    return "private" if found.is_private else "public"


def why_not_on_paper(paper_on: date, *, today: date, since: date) -> str:
    """Why a paper cannot bear this date (a code), or nothing: not of the future, not older than its form."""
    if paper_on > today:
        return "paper.future"
    return "paper.before-form" if paper_on < since else ""
