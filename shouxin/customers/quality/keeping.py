"""Keeping the standing of values: with every write, for what stood before this room did, and when the rules change."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec
from django.db import transaction

from shouxin.core.policy import FieldRule, service_actor
from shouxin.customers.quality import rules
from shouxin.customers.quality.models import Pace, Standing
from shouxin.customers.registry import clear
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Customer, Provenance, Record, RecordKind, Source
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.customers.registry.written import Written
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import cells, clock, statements
from shouxin.kit.instances import Columns
from shouxin.vault import services as vault

AT_ONCE = 500  # customers of one transaction
FILLER = service_actor("reencryption")  # opens values to note where they came from; none leaves the process
_COLUMNS = (
    "id",
    "customer_id",
    "kind",
    "department_id",
    "responsible_id",
    "values",
    "due_on",
    "later_reason",
)
_START = cells.start(len(_COLUMNS))
_json = msgspec.json.Encoder().encode
_UPDATE = """
UPDATE customers_standing s SET "values" = w.v::jsonb, due_on = w.d
FROM unnest(%b::uuid[], %b::text[], %b::date[]) AS w(i, v, d) WHERE s.id = w.i
"""
_STANDING = Columns(Standing, "s")
_HELD = f"""
SELECT {_STANDING.text} FROM customers_standing s WHERE s.id = ANY(%b::uuid[]) ORDER BY s.id FOR UPDATE
"""  # noqa: S608 - columns of a model
_WITHOUT = """
SELECT c.id FROM customers_customer c WHERE c.id > %b
AND NOT EXISTS (SELECT 1 FROM customers_standing s WHERE s.id = c.id) ORDER BY c.id LIMIT %b
"""
FIRST = UUID(int=0)


def chosen() -> dict[str, int]:
    """The intervals that hold now, in days."""
    book = rulebooks["rulebook"]
    return rules.intervals(book.fields(), book.purposes())


def note(written: Sequence[Written], footing: Footing, now: datetime) -> None:
    """The writer signed up with the registry."""
    fields, today = rulebooks["rulebook"].fields(), clock.today(now)
    outside, paces = footing.source == Source.EXTERNAL, chosen()
    new, standing = [], []
    known: dict[tuple[object, ...], tuple[str, bytes]] = {}  # rows of one file mostly have the same fields
    for one in written:
        if one.created:
            shape = (one.record == one.customer, *one.marks.items())
            found = known.get(shape)
            if found is None:
                kind, marks = _reviewed(one, fields)
                values = rules.after_write({}, marks, outside=outside, today=today)
                found = known[shape] = (kind, _standing(values, paces))
            if found[0]:
                new.append(
                    _row(one.record, one.customer, found[0], one.department, one.responsible, found[1])
                )
                continue
        kind, marks = _reviewed(one, fields)
        if marks:
            standing.append((one, kind, marks))
    if new:
        statements.copy("customers_standing", _COLUMNS, new)
    if standing:
        _change(standing, outside=outside, today=today, paces=paces)


def _reviewed(one: Written, known: Mapping[str, FieldRule]) -> tuple[str, dict[str, int | None]]:
    """The kind of record, empty when nothing of it grows old, and the fields that are kept account of."""
    kinds = {known[key].record for key in one.marks} or ({"profile"} if one.record == one.customer else set())
    kind = next(iter(kinds & rules.KINDS), "")
    return kind, dict(one.marks) if kind else {}


def _row(
    record: UUID,
    customer: UUID,
    kind: str,
    department: UUID | None,
    responsible: UUID | None,
    standing: bytes,
) -> bytes:
    return b"".join(
        (
            _START,
            cells.uuid(record),
            cells.uuid(customer),
            cells.text(kind),
            cells.uuid(department),
            cells.uuid(responsible),
            standing,
        )
    )


def _standing(values: rules.Values, paces: dict[str, int]) -> bytes:
    """The cells of the values, of when the first of them is due, and of no reason to put it off."""
    return cells.jsonb(_json(rules.stored(values))) + cells.date(rules.due_on(values, paces)) + cells.text("")


def _change(
    written: Sequence[tuple[Written, str, dict[str, int | None]]],
    *,
    outside: bool,
    today: date,
    paces: dict[str, int],
) -> None:
    ids = [one.record for one, _, _ in written]
    held = {row.id: row for row in map(_STANDING.made, statements.execute(_HELD, [ids]))}
    # A contact that is new; without the customer's own row everything of the customer is still to be filled in.
    absent = {one.customer for one, _, _ in written if one.record not in held}
    owners = _owners(absent) if absent else {}
    new = []
    for one, kind, marks in written:
        row = held.get(one.record)
        if row:
            before = rules.read(row.values)
            values = rules.after_write(before, marks, outside=outside, today=today)
            row.values = rules.stored(values)
            row.due_on = rules.due_on(values, paces, row.later_until)
        elif (owner := owners.get(one.customer)) and any(mark is not None for mark in marks.values()):
            values = rules.after_write({}, marks, outside=outside, today=today)
            place = (owner.owner_department_id, owner.responsible_id)
            new.append(_row(one.record, one.customer, kind, *place, _standing(values, paces)))
    save(held.values())
    if new:
        statements.copy("customers_standing", _COLUMNS, new)


def _owners(customers: Collection[UUID]) -> dict[UUID, Customer]:
    """Those of `customers` of whom account is kept already."""
    kept = Customer.objects.filter(id__in=Standing.objects.filter(id__in=customers).values("id"))
    return {row.id: row for row in kept.only("id", "owner_department", "responsible")}


def save(rows: Iterable[Standing]) -> None:
    """Write values and due day of rows that are locked."""
    found = list(rows)
    statements.execute(
        _UPDATE,
        [
            [row.id for row in found],
            [_json(row.values).decode() for row in found],
            [row.due_on for row in found],
        ],
    )


def fill(*, now: datetime, at_once: int = AT_ONCE) -> int:
    """Note the standing of some customers that were stored before this room was there; gives how many are left to try.

    Cut off anywhere it goes on where it was: who has no row yet is still to be done.
    """
    with transaction.atomic():
        Pace.objects.get_or_create(id=1)
        pace = Pace.objects.select_for_update().get(id=1)
        if pace.filled_at is not None:
            return 0
        found = [row[0] for row in statements.execute(_WITHOUT, [pace.after or FIRST, at_once])]
        if found:
            _fill(found, now)
            pace.after = found[-1]
        else:
            pace.filled_at, pace.after = now, None
            pace.digest = pace.wanted = rules.digest(chosen())
        pace.save()
    return len(found)


def _fill(customers: list[UUID], now: datetime) -> None:
    book, paces = rulebooks["rulebook"].fields(), chosen()
    owners = list(Customer.objects.select_for_update().filter(id__in=customers).order_by("id"))
    contacts = Record.objects.filter(
        customer_id__in=customers, kind=RecordKind.CONTACT, ended_at__isnull=True
    )
    records = [(row.id, row.id, "profile") for row in owners]
    records += [(row.id, row.customer_id, "contact") for row in contacts.order_by("id")]
    permit = gate.permit_maintenance(
        actor=FILLER,
        purpose=MAINTENANCE,
        customers=customers,
        fields=sorted(key for key, rule in book.items() if rule.active and rule.record in rules.KINDS),
        reason="quality",
        now=now,
    )
    shown = vault.reveal(permit, records=[record for record, _, _ in records])
    public, of = clear.origins(owners), {row.id: row for row in owners}
    seen: dict[UUID, dict[str, tuple[UUID | None, int]]] = {}
    for record, customer, _kind in records:
        found = {key: (one.provenance, one.mark) for key, one in shown.of(customer, record).items()}
        if record == customer:
            found |= {key: (one.provenance, one.mark) for key, one in public.get(customer, {}).items()}
        seen[record] = found
    origins = Provenance.objects.in_bulk(
        {one for values in seen.values() for one, _ in values.values() if one}
    )
    rows = []
    for record, customer, kind in records:
        values = {
            key: _known(origins.get(provenance) if provenance else None, mark, of[customer])
            for key, (provenance, mark) in seen[record].items()
        }
        place = (of[customer].owner_department_id, of[customer].responsible_id)
        rows.append(_row(record, customer, kind, *place, _standing(values, paces)))
    Standing.objects.filter(customer_id__in=customers).delete()
    statements.copy("customers_standing", _COLUMNS, rows)


def _known(origin: Provenance | None, mark: int, customer: Customer) -> rules.Known:
    at = origin.collected_at if origin else customer.created_at
    outside = origin is not None and origin.source == Source.EXTERNAL
    return rules.Known(rules.day(clock.today(at)), int(outside), min(mark, 1))


def follow_rules(*, at_once: int = AT_ONCE) -> int:
    """Work the due days out anew when the intervals changed, some rows at a time; gives how many were gone over."""
    paces = chosen()
    wanted = rules.digest(paces)
    with transaction.atomic():
        Pace.objects.get_or_create(id=1)
        pace = Pace.objects.select_for_update().get(id=1)
        if pace.filled_at is None or pace.digest == wanted:
            return 0
        if pace.wanted != wanted:  # changed once more meanwhile: from the beginning
            pace.wanted, pace.after = wanted, None
        found = list(
            Standing.objects.select_for_update().filter(id__gt=pace.after or FIRST).order_by("id")[:at_once]
        )
        for row in found:
            row.due_on = rules.due_on(rules.read(row.values), paces, row.later_until)
        if found:
            save(found)
            pace.after = found[-1].id
        else:
            pace.digest, pace.after = wanted, None
        pace.save()
    return len(found)
