"""Where a value's verification stands, as the pages and the API show it: a room above signs up what it knows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from msgspec import structs

from shouxin.core.text import Text
from shouxin.customers.registry.queries import Cell, CustomerView
from shouxin.customers.registry.rules import VERIFIED
from shouxin.kit.registry import Registry


class Verification(NamedTuple):
    """When a present value was last verified, how and by whom (pseudonym); None: never. `overdue`: it is too old."""

    on: date | None
    method: Text | None
    by: UUID | None
    overdue: bool


Known = Mapping[tuple[UUID, str], Verification]  # (record, field)
sources: Registry[Callable[[Collection[UUID], datetime], Known]] = Registry("verifications")


# The same sources, for an answer that says of a value only that it was verified: what never was is left out. They are
# given what they told the gate beside the values of one customer (`gate.facts.beside`), or None, and ask for it then.
marks: Registry[Callable[[Any, Collection[UUID], datetime], Known]] = Registry("verifications told beside")


def standing(customers: Collection[UUID], now: datetime) -> dict[tuple[UUID, str], Verification]:
    """What is known about the values of these customers."""
    found: dict[tuple[UUID, str], Verification] = {}
    for source in sources.values():
        found.update(source(customers, now))
    return found


def checked(
    customers: Collection[UUID], now: datetime, beside: Mapping[str, Any] | None
) -> dict[tuple[UUID, str], Verification]:
    """Of the values of these customers those that were verified."""
    found: dict[tuple[UUID, str], Verification] = {}
    for name in marks:
        found.update(marks[name](None if beside is None else beside.get(name) or (), customers, now))
    return found


def marked(view: CustomerView, known: Known) -> CustomerView:
    """The view with the mark 已核验 on what was verified: its text and its provenance stay what they were."""
    if not known:
        return view
    return replace(
        view,
        cells=_marked(view.cells, view.row.id, known),
        records=[replace(record, cells=_marked(record.cells, record.id, known)) for record in view.records],
    )


def _marked(cells: Mapping[str, Cell], record: UUID, known: Known) -> dict[str, Cell]:
    return {
        key: structs.replace(cell, mark=VERIFIED, problem=None)
        if (seen := known.get((record, key))) and seen.on and not cell.broken
        else cell
        for key, cell in cells.items()
    }
