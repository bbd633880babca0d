"""Customers as programs are told of them, straight from what was opened: what a request for hundreds of them costs.

What a page needs beside (the rules of fields, where a value came from) is left out, and so are related records, which
`exchange.shown` tells.
"""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec

from shouxin.core.policy import Form, Storage
from shouxin.customers.registry import clear, queries, rules, verified
from shouxin.customers.registry.models import Customer
from shouxin.gate.services import Opened

MARKS = {rules.UNVERIFIED: "unverified", rules.WELL_FORMED: "well_formed", rules.VERIFIED: "verified"}
Origins = Mapping[UUID, Mapping[str, clear.Origin]]


class ToldValue(msgspec.Struct, frozen=True, gc=False):
    """One value; its members are those of the answer, in its order."""

    form: Form
    text: str | None
    mark: str
    problem: str | None
    broken: bool


class Told(msgspec.Struct, frozen=True, gc=False):
    """A customer without related records; its members are those of the answer, in its order."""

    position: int
    id: UUID
    kind: str
    revision: int
    merged_into: UUID | None
    merged_from: Sequence[UUID]
    values: Mapping[str, ToldValue]
    records: Sequence[Any] = ()


class Teller:
    """Tells of the customers of one lot."""

    def __init__(self, opened: Opened, origins: Origins, known: verified.Known) -> None:
        permit = opened.permit
        self._values, self._forms = opened.revealed.values, permit.forms
        self._fields = [(key, rule, rule.storage is Storage.CLEAR) for key, rule in permit.fields.items()]
        self._origins, self._known = origins, known

    def tell(self, position: int, row: Customer) -> Told:
        """The profile of one customer whom the permit names."""
        customer = row.id
        shown = self._values.get((customer, customer), {})
        told: dict[str, ToldValue] = {}
        for key, rule, in_clear in self._fields:
            if in_clear:
                text = row.public_values.get(key)
                if text and self._forms[customer].get(key) is Form.CLEAR:
                    cell = queries.clear_cell(rule, text, self._origins.get(customer, {}).get(key))
                    mark = MARKS.get(cell.mark, "unverified")
                    told[key] = ToldValue(cell.form, cell.text, mark, cell.problem, broken=False)
            elif key in shown:
                one = shown[key]  # of which there is no text where it is hidden
                mark = MARKS.get(one.mark, "unverified")
                told[key] = ToldValue(one.form, one.text, mark, one.problem, one.broken is not None)
        if self._known:
            told = {key: self._marked(customer, key, value) for key, value in told.items()}
        return Told(position, customer, row.kind, row.revision, row.absorbed_by, (), told)

    def _marked(self, customer: UUID, key: str, value: ToldValue) -> ToldValue:
        """With the mark 已核验 where it was verified, as `verified.marked` gives it."""
        seen = self._known.get((customer, key))
        if seen is None or not seen.on or value.broken:
            return value
        return msgspec.structs.replace(value, mark=MARKS[rules.VERIFIED], problem=None)
