"""Notices in words: what each says, until when, and whether it still asks for something."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.kit import clock, sealing
from shouxin.people.notices import choosing, queries, rules, secrets, wording
from shouxin.people.notices.kinds import GROUPS, kinds
from shouxin.people.notices.models import Address, Channel, Notice


@dataclass(frozen=True, slots=True)
class Row:
    """One notice as the bell and the page show it."""

    id: UUID
    title: str
    group: str
    icon: str
    note: str
    late: bool
    at: datetime
    unread: bool
    closed: bool


ICONS = {"security": "shield", "approval": "approval", "due": "event_upcoming", "result": "task_alt"}


def language() -> str:
    return get_language() or "zh-hans"


def rows(notices: Iterable[Notice], zone: str) -> list[Row]:
    """The notices in the reader's language, with days counted where they are."""
    now, tongue = clock.now(), language()
    found = []
    for one in notices:
        kind = kinds.get(one.kind)
        group = kind.group if kind else "result"
        title = _titled(one, tongue)
        found.append(
            Row(
                one.id,
                f"{title} × {one.count}" if one.count > 1 else title,
                GROUPS[kind.group].in_(tongue) if kind else "",
                ICONS[group],
                "" if one.closed_at else wording.due_note(one, tongue, zone, now),
                one.due_at is not None and rules.days_left(one.due_at, now, zone) < 1,
                one.at,
                one.read_at is None and one.closed_at is None,
                one.closed_at is not None,
            )
        )
    return found


def _titled(one: Notice, tongue: str) -> str:
    """The sentence of its kind, with what the thing is called."""
    title = wording.title_of(one.kind, tongue)
    name = (one.name_en or one.name_zh) if tongue.startswith("en") else one.name_zh
    return (_("%(title)s：%(name)s") % {"title": title, "name": name}) if name else title


@dataclass(frozen=True, slots=True)
class BellShown:
    """What the head of a page shows."""

    count: int
    more: bool
    rows: list[Row]


def bell(staff: UUID, zone: str) -> BellShown:
    """In one statement, with days counted where the reader is."""
    found = queries.bell(staff)
    return BellShown(found.count, found.more, rows(found.latest, zone))


def table(actor: Actor) -> list[dict[str, Any]]:
    """Every kind with its boxes, group by group."""
    tongue, ways = language(), choosing.all_ways(actor.id)
    return [
        {
            "title": GROUPS[group].in_(tongue),
            "kinds": [
                {
                    "key": kind.key,
                    "title": kind.title.in_(tongue),
                    "urgent": kind.urgent,
                    "ways": ways[kind.key],
                }
                for kind in found
            ],
        }
        for group, found in queries.kinds_for(actor)
        if found
    ]


def own_address(address: Address | None) -> dict[str, Any] | None:
    """One's own address as its page shows it: enough to know it by, and whether it takes messages."""
    if address is None:
        return None
    try:
        shown = secrets.masked(address.channel, secrets.unseal(address))
    except (sealing.Unavailable, sealing.NotSealedHere):
        shown = ""
    return {
        "row": address,
        "shown": shown,
        "is_mail": address.channel == Channel.MAIL,
        "failing": address.failures > 0,
        "why": outcome(address.outcome),
    }


def outcome(code: str) -> str:
    known = rules.OUTCOMES.get(code)
    return known.in_(language()) if known else code
