"""Who read what of a customer, when and why; readers are named as far as whoever asks may know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import Line, about
from shouxin.people.telling import Person, persons

PER_PAGE = 30
CLEAR = ("field.revealed", "number.dialled", "field.read", "read.refused")
READS = (*CLEAR, "profile.viewed")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reads, the latest first, with their readers."""

    lines: Sequence[Line]
    readers: Mapping[UUID, Person]
    by_name: bool
    next_before: UUID | None


def page(*, actor: Actor, row: Customer, clear: bool, before: UUID | None, limit: int = PER_PAGE) -> Page:
    """One page of who read `row`, which the caller has established that the actor may see.

    Names are for whoever reads the journal, and for the head who answers for the customer; others see department
    and role. Lists are journalled by the page and not among them.
    """
    found = about(merging.family(row.id), beginning=CLEAR if clear else READS, limit=limit + 1, before=before)
    lines = found[:limit]
    return Page(
        lines,
        persons({line.actor for line in lines}),
        sees_names(actor, row),
        lines[-1].id if len(found) > limit else None,
    )


def sees_names(actor: Actor, row: Customer) -> bool:
    """Whether `actor` is told who each reader was, and not only of what department and role."""
    heads = Role.HEAD in actor.roles and row.owner_department_id in actor.department_ids
    return actor.may(Permission.JOURNAL_ENTRY_READ) or heads
