"""Who read what of a customer, when and why; readers are named as far as whoever asks may know them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import Line, about
from shouxin.kit import lists
from shouxin.kit.lists import Place, Window
from shouxin.people.telling import Person, persons

PER_PAGE = 20
CLEAR = ("field.revealed", "number.dialled", "field.read", "read.refused")
READS = (*CLEAR, "profile.viewed")


@dataclass(frozen=True, slots=True)
class Page:
    """One page of reads, the latest first, with their readers."""

    window: Window[Line]
    readers: Mapping[UUID, Person]
    by_name: bool

    @property
    def lines(self) -> Sequence[Line]:
        return self.window.rows


def page(*, actor: Actor, row: Customer, clear: bool, place: Place) -> Page:
    """One page of who read `row`, which the caller has established that the actor may see.

    Names are for whoever reads the journal, and for the head who answers for the customer; others see department
    and role. Lists are journalled by the page and not among them.
    """
    found = lists.cut(_beyond(row, place, clear=clear), place, lambda line: line.id)
    if place.backwards and len(found.rows) < place.size:  # the beginning is reached: a whole page from there
        place = Place(size=place.size)
        found = lists.cut(_beyond(row, place, clear=clear), place, lambda line: line.id)
    return Page(found, persons({line.actor for line in found.rows}), sees_names(actor, row))


def _beyond(row: Customer, place: Place, *, clear: bool) -> list[Line]:
    edge, newer = lists.uuid_or_none(str(place.edge)), place.backwards
    return about(
        merging.family(row.id),
        beginning=CLEAR if clear else READS,
        limit=place.size + 1,
        before=None if newer else edge,
        after=edge if newer else None,
    )


def sees_names(actor: Actor, row: Customer) -> bool:
    """Whether `actor` is told who each reader was, and not only of what department and role."""
    heads = Role.HEAD in actor.roles and row.owner_department_id in actor.department_ids
    return actor.may(Permission.JOURNAL_ENTRY_READ) or heads
