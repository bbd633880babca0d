"""Where a value's verification stands, as the pages and the API show it: a room above signs up what it knows."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

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


# The same sources, of one customer, from what they told the gate beside its values (`gate.facts.beside`).
told: Registry[Callable[[Any, Collection[UUID], datetime], Known]] = Registry("verifications told beside")


def standing(
    customers: Collection[UUID], now: datetime, beside: Mapping[str, Any] | None = None
) -> dict[tuple[UUID, str], Verification]:
    """What is known about the values of these customers; asked for, where it was not told beside."""
    found: dict[tuple[UUID, str], Verification] = {}
    for name in sources:
        read = told.get(name)
        if beside is None or read is None:
            found.update(sources[name](customers, now))
        else:
            found.update(read(beside.get(name), customers, now))
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
        key: replace(cell, mark=VERIFIED, problem=None)
        if (seen := known.get((record, key))) and seen.on and not cell.broken
        else cell
        for key, cell in cells.items()
    }
