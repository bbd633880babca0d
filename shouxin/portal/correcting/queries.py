"""What a person may correct or supplement about themselves, with what stands there now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor, FieldRule
from shouxin.core.policy.decision import is_fresh
from shouxin.customers.registry import merging, verified
from shouxin.customers.registry.forms import offered
from shouxin.gate.facts import rules as rulebooks
from shouxin.portal.held import queries as held
from shouxin.portal.held.queries import PURPOSE, Item
from shouxin.rights.cases.models import OPEN, Case, Kind

# What the organisation gives out or thinks of somebody is not theirs to write; wishes have a page of their own.
OURS = frozenset(
    {
        *("customer_no", "member_no", "member_level", "customer_tag", "segment", "lead_source", "remark"),
        *("customer_needs", "refused_channels", "contact_hours", "preferred_language"),
    }
)
KINDS = (Kind.CORRECT, Kind.SUPPLEMENT)


@dataclass(frozen=True, slots=True)
class Open:
    """One field that may be written. `text` is what stands there, `case` the request that waits for staff."""

    rule: FieldRule
    text: str
    verified: bool
    case: Case | None
    kept_for: str  # the purpose that what stands there, or what would stand there, is kept for


def is_proved(me: Actor, now: datetime) -> bool:
    """Whether a second code was typed just now."""
    return is_fresh(me.second_factor_at, now)


def open_fields(me: Actor, now: datetime) -> list[Open]:
    """Every field of the profile that the person may write: what is held, and what a purpose it is held for needs.

    Raises:
        shouxin.gate.services.Refused: without a fresh second code (journalled).
    """
    purpose = rulebooks["rulebook"].purpose(PURPOSE)
    if purpose is None:
        return []
    found = held.held(me=me, now=now, clear=True)
    items = {item.rule.key: item for items in found.categories.values() for item in items}
    needed = {
        key: rule.key
        for rule in sorted(found.purposes, key=lambda one: one.key, reverse=True)
        if rule.key != PURPOSE
        for key in rule.fields
    }
    known = verified.standing(sorted(merging.family(me.id)), now)
    waiting = _waiting(me.id)
    shut = held.locked_groups(me)
    sure = {key for (_record, key), seen in known.items() if seen.on is not None}
    return [
        Open(
            rule,
            (items[rule.key].text or "") if rule.key in items else "",
            rule.key in sure,
            waiting.get(rule.key),
            _kept_for(items.get(rule.key), needed.get(rule.key, "")),
        )
        for rule in offered("profile", "person", purpose)
        if rule.key not in OURS
        and rule.storage_group not in shut
        and (rule.key in items or rule.key in needed)
    ]


def _kept_for(item: Item | None, needing: str) -> str:
    """What stands there stays on the purpose it came for; what is new is for one of theirs."""
    standing = item.provenance.held_for if item and item.provenance else needing
    return standing if standing != PURPOSE else needing


def _waiting(customer: UUID) -> dict[str, Case]:
    """The requests that wait for staff, by the field they are about."""
    rows = Case.objects.filter(customer_id__in=merging.family(customer), kind__in=KINDS, state__in=OPEN)
    return {key: row for row in rows.order_by("filed_at") for key in row.fields}


def one(me: Actor, key: str, now: datetime) -> Open | None:
    """One of them by its field."""
    found: Sequence[Open] = open_fields(me, now)
    return next((each for each in found if each.rule.key == key), None)
