"""Customers that were merged into one: who they are, and what other rooms do when it happens.

A merged customer keeps its id, its keys, its records, its consents and its history; `absorbed_by` says which customer
stands for it. So nothing is sealed anew, destruction still reaches everything by its own id, and undoing is exact
(docs/decisions). A room that shows what belongs to a customer asks for the whole `family`; a room that has to do more
(a mark that must hold for both, somebody to be told) signs up a `Part`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor
from shouxin.core.text import Text
from shouxin.customers.registry.models import Customer
from shouxin.kit.registry import Registry
from shouxin.kit.statements import execute

_FAMILY = """
SELECT id FROM customers_customer WHERE absorbed_by IS NOT NULL AND absorbed_by = %b::uuid ORDER BY id
"""
_FAMILIES = """
SELECT id, absorbed_by FROM customers_customer WHERE absorbed_by IS NOT NULL AND absorbed_by = ANY(%b::uuid[])
ORDER BY id
"""
_MOVED = (
    "SELECT id, absorbed_by FROM customers_customer WHERE absorbed_by IS NOT NULL AND id = ANY(%b::uuid[])"
)


@dataclass(frozen=True, slots=True)
class Merging:
    """Two customers that become one, or were made one and become two again."""

    survivor: UUID
    absorbed: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What a room does, in the transaction of the merge itself, with both customers locked.

    `objection` says why the two may not be merged, None when this room has nothing against it. `merge` does the room's
    part and gives what `undo` needs to take it back: codes, ids and counts, never a customer's values.
    """

    key: str
    merge: Callable[[Actor, Merging], Mapping[str, Any]] = lambda _actor, _merging: {}
    undo: Callable[[Actor, Merging, Mapping[str, Any]], None] = lambda _actor, _merging, _kept: None
    objection: Callable[[Merging], Text | None] = lambda _merging: None


parts: Registry[Part] = Registry("parts of a merge")


def register(part: Part) -> Part:
    """Sign up `part` under its key."""
    return parts.register(part.key, part)


def absorbed() -> QuerySet[Customer]:
    """The customers that were merged into others."""
    return Customer.objects.filter(absorbed_by__isnull=False).select_related(
        "owner_department", "responsible"
    )


def family(customer: UUID) -> list[UUID]:
    """The customer itself and those merged into it, in the order in which they were entered."""
    return [customer, *(one for (one,) in execute(_FAMILY, (customer,)))]


def everybody(customer: UUID) -> list[UUID]:
    """The family this customer belongs to, whether it stands or was merged into another since somebody named it."""
    return family(standing([customer])[customer])


def families(customers: Sequence[UUID]) -> dict[UUID, list[UUID]]:
    """The same for many; one statement."""
    found = {customer: [customer] for customer in customers}
    for one, into in execute(_FAMILIES, (list(found),)) if found else ():
        found[into].append(one)
    return found


def standing(customers: Collection[UUID]) -> dict[UUID, UUID]:
    """Which customer stands for each of these now: itself, or the one it was merged into."""
    moved = dict(execute(_MOVED, (list(customers),))) if customers else {}
    return {customer: moved.get(customer, customer) for customer in customers}
