"""New customers and records as rows, added in bulk: an import brings thousands at a time."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from shouxin.core.policy import FieldRule
from shouxin.customers.registry import clear, jurisdiction
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import RecordKind
from shouxin.kit import cells, statements
from shouxin.rulebook.catalogue import jurisdictions

_CUSTOMERS = (
    "id", "kind", "segment", "jurisdiction", "also_under", "jurisdiction_signs", "province", "owner_department_id",
    "responsible_id", "scope", "visibility", "batch_id", "created_by", "restricted", "public_values", "search_parts",
    "revision", "created_at", "updated_at",
)  # fmt: skip
_RECORDS = ("id", "customer_id", "kind", "batch_id", "created_by", "created_at", "ended_at")
SEGMENT_LONGEST = 40
_json = msgspec.json.Encoder().encode


def add_customers(
    rows: Iterable[tuple[UUID, CustomerEntry, Mapping[str, str]]],
    fields: Mapping[str, FieldRule],
    *,
    batch: UUID | None,
    creator: UUID,
    now: datetime,
) -> None:
    """One row for each (id, entry, its public values)."""
    start = cells.start(len(_CUSTOMERS))
    made = cells.uuid(batch) + cells.uuid(creator) + cells.boolean(False)
    stamp = cells.int4(1) + cells.moment(now) * 2
    text, uuid = cells.text, cells.uuid
    jurisdiction_cells = _Applying(
        fields, jurisdictions.known()
    ).cells  # nothing can be asked while rows are taken
    statements.copy(
        "customers_customer",
        _CUSTOMERS,
        (
            b"".join(
                (
                    start,
                    uuid(customer),
                    text(entry.kind),
                    text(entry.values["segment"].text[:SEGMENT_LONGEST] if "segment" in entry.values else ""),
                    jurisdiction_cells(entry),
                    text(entry.province),
                    uuid(entry.department),
                    uuid(entry.responsible),
                    text(entry.scope),
                    text(entry.visibility),
                    made,
                    cells.jsonb(_json(public)),
                    cells.texts(clear.parts(public, fields)),
                    stamp,
                )
            )
            for customer, entry, public in rows
        ),
    )


class _Applying:
    """The cells about whose law applies; made once for all customers whose values point to the same."""

    def __init__(self, fields: Mapping[str, FieldRule], table: jurisdiction.Table) -> None:
        self._fields, self._table = fields, table
        self._known: dict[tuple[tuple[str, str], ...], bytes] = {}
        self._telling: dict[tuple[str, ...], list[str]] = {}  # of the fields of an entry

    def cells(self, entry: CustomerEntry) -> bytes:
        values = entry.values
        names = tuple(values)
        telling = self._telling.get(names)
        if telling is None:
            telling = self._telling[names] = [key for key in names if jurisdiction.tells(self._fields[key])]
        signs = jurisdiction.signs_after({}, {key: values[key] for key in telling}, self._fields)
        key = tuple(signs.items())
        found = self._known.get(key)
        if found is None:
            first, others = jurisdiction.derived(signs, self._table)
            found = cells.text(first) + cells.texts(others) + cells.jsonb(_json(signs))
            self._known[key] = found
        return found


def add_records(
    rows: Iterable[tuple[UUID, UUID, RecordKind]], *, batch: UUID | None, creator: UUID, now: datetime
) -> None:
    """One row for each (id, customer, kind)."""
    start = cells.start(len(_RECORDS))
    made = cells.uuid(batch) + cells.uuid(creator) + cells.moment(now) + cells.NULL
    statements.copy(
        "customers_record",
        _RECORDS,
        (
            b"".join((start, cells.uuid(record), cells.uuid(customer), cells.text(kind), made))
            for record, customer, kind in rows
        ),
    )
