"""Every write to the register of customers: check, change, record, in one transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, FieldRule, Permission
from shouxin.customers.registry import clear, finding, grounds, jurisdiction, listeners, offers, rows, written
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry, keys_of
from shouxin.customers.registry.listeners import Changed
from shouxin.customers.registry.models import (
    Channel,
    ClearVersion,
    Customer,
    Method,
    Record,
    Source,
    Visibility,
)
from shouxin.customers.registry.parting import Parting
from shouxin.customers.registry.problems import RegistryProblem as RegistryProblem  # noqa: PLC0414 - by this name it is caught
from shouxin.customers.registry.rules import Kept
from shouxin.customers.registry.written import Written
from shouxin.journal import services as journal
from shouxin.journal.queries import timeline
from shouxin.kit import clock, ids
from shouxin.kit.instances import update
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.rulebook.catalogue.queries import held_revision
from shouxin.vault import services as vault
from shouxin.vault.queries import states
from shouxin.vault.tickets import SealedWrite

CARRIED = [
    "public_values", "search_parts", "segment", "jurisdiction", "also_under", "jurisdiction_signs", "revision",
    "updated_at",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Change:
    """One change somebody else made in the meantime."""

    at: datetime
    actor: UUID  # pseudonym
    fields: tuple[str, ...]


class EditConflict(RegistryProblem):
    """Somebody else changed the customer since the form was opened; nothing was overwritten."""

    def __init__(self, changes: Sequence[Change]) -> None:
        super().__init__("customer.changed-meanwhile")
        self.changes = changes


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of one entry: the customer, its records in the order given, and whether it is new."""

    customer: UUID
    records: tuple[UUID, ...]
    created: bool


def store(*, actor: Actor, footing: Footing, entries: Sequence[CustomerEntry], now: datetime) -> list[Stored]:
    """Store a batch of entries: new customers are created, those with an id completed.

    One journal entry per customer. All or nothing: the caller's transaction, or one of its own.

    Raises:
        Refused: purpose, role or scope do not allow it (journalled).
        RegistryProblem: a new customer without owner department or scope.
        shouxin.vault.errors.DuplicateKey: a customer number is taken.
    """
    if any(entry.id is None for entry in entries):
        actor.require(Permission.CUSTOMERS_PROFILE_CREATE)
    for entry in entries:
        if entry.id is None and (entry.department is None or entry.scope is None):
            raise RegistryProblem(
                "customer.no-owner", "owner_department" if entry.department is None else "scope"
            )
    if (
        footing.source == Source.EXTERNAL
        and not footing.reviewed
        and any(entry.id is not None for entry in entries)
    ):
        return _store_outside(actor, footing, entries, now)
    return _store(actor, footing, entries, now)


def _store_outside(
    actor: Actor, footing: Footing, entries: Sequence[CustomerEntry], now: datetime
) -> list[Stored]:
    """Values from outside that may not be written at once wait; what is left is stored as usual."""
    existing = [entry.id for entry in entries if entry.id is not None]
    own = _begun_by(actor, footing, existing)
    keys = keys_of(entries)
    # Asked outside the transaction: a refusal's entry must stay.
    grounds.admit(actor, footing, [customer for customer in existing if customer not in own], keys, now)
    with transaction.atomic():
        left = offers.left_of(actor, footing, entries, now, but=own)
        writes = [entry for entry in left if entry.id is None or entry.values or entry.records]
        done = iter(_store(actor, footing, writes, now) if writes else [])
        taken = {id(entry) for entry in writes}
        return [
            next(done) if entry.id is None or id(entry) in taken else Stored(entry.id, (), created=False)
            for entry in left
        ]


@held_revision()
def _store(actor: Actor, footing: Footing, entries: Sequence[CustomerEntry], now: datetime) -> list[Stored]:
    keys = keys_of(entries)
    # A customer that this very batch of the actor's created is still being created, whoever may see it by now.
    own = _begun_by(actor, footing, [entry.id for entry in entries if entry.id is not None])
    existing = [entry.id for entry in entries if entry.id is not None and entry.id not in own]
    fresh = bool(own) or any(entry.id is None for entry in entries)
    permit = grounds.admit(actor, footing, existing, keys, now, newcomers=fresh)
    with transaction.atomic():
        provenance = grounds.provenance(actor, footing, now, len(entries))
        stored = [_identify(entry) for entry in entries]
        _insert_rows(actor, footing, entries, stored, permit.fields, now)
        if footing.agreement:
            footing.agreement.record(actor=actor, customers=[done.customer for done in stored], now=now)
        revisions = _update_public(entries, permit.fields, now)
        clear.remember(
            (
                (done.customer, revisions.get(done.customer, 1), entry.values)
                for entry, done in zip(entries, stored, strict=True)
            ),
            fields=permit.fields,
            provenance=provenance.id,
            by=actor.pseudonym,
            now=now,
        )
        sealed = vault.seal(
            ticket=grounds.ticket(
                permit, provenance, own, frozenset(s.customer for s in stored if s.created)
            ),
            writes=list(_writes(entries, stored, permit.fields, provenance.id)),
        )
        _journal(actor, footing, entries, stored, sealed, revisions)
        listeners.tell(_changed(entries, stored, revisions), now)
        places = [(done.customer, done.records, done.created) for done in stored]
        written.tell(written.of_entries(entries, places, actor.pseudonym), footing, now)
    return stored


def _begun_by(actor: Actor, footing: Footing, customers: Sequence[UUID]) -> frozenset[UUID]:
    """Those of `customers` that the batch of `footing` created by this actor's hand and nobody confirmed yet."""
    if footing.batch_id is None or not customers:
        return frozenset()
    begun = Customer.objects.filter(
        id__in=customers, batch_id=footing.batch_id, created_by=actor.id, restricted=False
    ).exclude(visibility=Visibility.OPEN)
    return frozenset(begun.values_list("id", flat=True))


@held_revision()
def edit(
    *,
    actor: Actor,
    footing: Footing,
    customer: UUID,
    revision: int,
    values: Mapping[str, Kept | None],
    now: datetime,
    record: UUID | None = None,
) -> int:
    """Change fields of a customer's profile, or of one of its records; None takes a value away.

    Earlier versions stay sealed in the history. Returns the customer's new revision; the present one when every value
    came from outside and waits for review.

    Raises:
        EditConflict: the customer is no longer at `revision`.
        Refused: not for this actor, purpose or customer (journalled).
    """
    grounds.may_edit(actor)
    permit = grounds.admit(actor, footing, [customer], sorted(values), now)
    with transaction.atomic():
        row = hold(customer, revision, record)
        target = record or customer
        places = {(customer, target, key): kept for key, kept in values.items()}
        aside = offers.set_aside(actor=actor, footing=footing, places=places, now=now)
        values = {key: kept for key, kept in values.items() if (customer, target, key) not in aside}
        if not values:
            return row.revision
        if footing.agreement:
            footing.agreement.record(actor=actor, customers=[customer], now=now)
        provenance = grounds.provenance(actor, footing, now)
        writes = [
            SealedWrite(customer, group, target, sealed, provenance=provenance.id)
            for group, sealed in Parting(permit.fields).of(values)
        ]
        sealed = vault.seal(ticket=grounds.ticket(permit, provenance), writes=writes)
        _move_on(
            actor,
            row,
            values if record is None else {},
            fields=permit.fields,
            provenance=provenance.id,
            now=now,
        )
        _tell_change(actor, footing, row, values, record, sealed.marks(customer))
        listeners.tell([Changed(customer, tuple(sorted(values)), row.revision)], now)
        marks = written.marks_of(values)
        written.tell([Written(customer, target, marks, by=actor.pseudonym)], footing, now)
    return row.revision


def hold(customer: UUID, revision: int, record: UUID | None = None) -> Customer:
    """The customer, locked so that of two people saving at once the second sees the first one's revision.

    Raises:
        EditConflict: the customer is no longer at `revision`, or was merged into another.
        RegistryProblem: the record is not this customer's.
    """
    row = finding.locked(customer)
    merged = row.absorbed_by is not None and record is None
    if merged or row.revision != revision:
        raise EditConflict(changes_since(customer, revision))
    if record is not None and not Record.objects.filter(id=record, customer_id=customer).exists():
        raise RegistryProblem("record.unknown")
    return row


def _tell_change(
    actor: Actor,
    footing: Footing,
    row: Customer,
    values: clear.Values,
    record: UUID | None,
    marks: Mapping[str, Any],
) -> None:
    journal.append(
        actor=actor,
        event="customer.changed",
        customer=row.id,
        purpose=footing.purpose,
        data={
            "purpose": footing.purpose,
            "fields": sorted(values),
            "revision": row.revision,
            "record": str(record) if record else None,
            "sealed": marks,
        },
    )


def _move_on(
    actor: Actor,
    row: Customer,
    values: clear.Values,
    *,
    fields: Mapping[str, FieldRule],
    provenance: UUID,
    now: datetime,
) -> None:
    """The customer's next revision, with its public values and its segment as changed and the earlier ones kept."""
    _carry(row, values, fields, jurisdictions.known(), now)
    update(row, CARRIED)
    clear.remember(
        [(row.id, row.revision, values)], fields=fields, provenance=provenance, by=actor.pseudonym, now=now
    )


def _carry(
    row: Customer,
    values: clear.Values,
    fields: Mapping[str, FieldRule],
    table: jurisdiction.Table,
    now: datetime,
) -> None:
    """Bring what stands on the customer's own row up to date with `values`, at its next revision."""
    row.public_values = clear.merged(row.public_values, values, fields)
    row.search_parts = clear.parts(row.public_values)
    if "segment" in values:
        row.segment = values["segment"].text[:40] if values["segment"] else ""
    row.jurisdiction_signs = jurisdiction.signs_after(row.jurisdiction_signs, values, fields)
    row.jurisdiction, row.also_under = jurisdiction.derived(row.jurisdiction_signs, table)
    row.revision, row.updated_at = row.revision + 1, now


@held_revision()
def assign(
    *, actor: Actor, customer: UUID, responsible: UUID | None, scope: str, purpose: str, now: datetime
) -> None:
    """Hand the customer to another responsible person or change who may see it; needs the right to edit it."""
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    grounds.admit(actor, Footing(purpose, Channel.SALES, Method.HAND), [customer], [], now)
    with transaction.atomic():
        row = finding.locked(customer)
        if row.absorbed_by is not None:
            raise EditConflict(())
        before = frozenset({row.responsible_id} if row.responsible_id else ())
        row.responsible_id, row.scope, row.updated_at = responsible, scope, now
        update(row, ("responsible_id", "scope", "updated_at"))
        journal.append(
            actor=actor,
            event="customer.assigned",
            customer=customer,
            purpose=purpose,
            data={"scope": scope, "assigned": responsible is not None},
        )
        listeners.tell_passed(actor, [listeners.Passed(customer, before, responsible)], now)


def show_batch(*, actor: Actor, batch: UUID, visibility: Visibility, now: datetime) -> int:
    """Let the customers that a batch created be seen as `visibility` says; the caller decides and journals.

    Returns how many they are.
    """
    actor.require(Permission.CUSTOMERS_BATCH_READ)
    return Customer.objects.filter(batch_id=batch).update(visibility=visibility, updated_at=now)


def pass_batch_on(*, actor: Actor, batch: UUID, now: datetime) -> int:
    """What a batch created and nobody confirmed yet is from now on in `actor`'s hands; the caller decides and journals.

    Returns how many they are.
    """
    actor.require(Permission.CUSTOMERS_BATCH_CREATE)
    waiting = Customer.objects.filter(batch_id=batch).exclude(visibility=Visibility.OPEN)
    return waiting.update(created_by=actor.id, updated_at=now)


def destroy_batch(*, actor: Actor, batch: UUID) -> int:
    """Destroy for good the customers that a batch created; the caller decides and journals the decision.

    Every storage group leaves its own tombstone in the journal. Returns how many customers they were.
    """
    actor.require(Permission.CUSTOMERS_BATCH_READ)
    with transaction.atomic():
        offers.drop_batch(actor, batch, clock.now())
        doomed = list(
            Customer.objects.select_for_update().filter(batch_id=batch).values_list("id", flat=True)
        )
        groups = [(customer, group) for customer, held in states(doomed).items() for group in held]
        vault.destroy_groups(actor=actor, groups=groups, reason="batch_rejected")
        Record.objects.filter(customer_id__in=doomed).delete()
        ClearVersion.objects.filter(customer_id__in=doomed).delete()
        Customer.objects.filter(id__in=doomed).delete()
    return len(doomed)


def changes_since(customer: UUID, revision: int) -> list[Change]:
    """What was changed after `revision`, from the journal."""
    return [
        Change(line.at, line.actor, tuple(line.data["fields"]))
        for line in timeline(customer, limit=100)
        if line.event == "customer.changed" and line.data["revision"] > revision
    ]


def _identify(entry: CustomerEntry) -> Stored:
    records = tuple(record.id or ids.new() for record in entry.records)
    return Stored(entry.id or ids.new(), records, created=entry.id is None)


def _all_keys(entry: CustomerEntry) -> Iterable[str]:
    yield from entry.values
    for record in entry.records:
        yield from record.values


def _insert_rows(
    actor: Actor,
    footing: Footing,
    entries: Sequence[CustomerEntry],
    stored: Sequence[Stored],
    fields: Mapping[str, FieldRule],
    now: datetime,
) -> None:
    new = [(entry, done) for entry, done in zip(entries, stored, strict=True) if done.created]
    if new:
        public = clear.keys_of(fields)
        rows.add_customers(
            (
                (
                    done.customer,
                    entry,
                    {} if public.isdisjoint(entry.values) else clear.merged({}, entry.values, fields),
                )
                for entry, done in new
            ),
            fields,
            batch=footing.batch_id,
            creator=actor.id,
            now=now,
        )
    records = [
        (record_id, done.customer, record.kind)
        for entry, done in zip(entries, stored, strict=True)
        for record, record_id in zip(entry.records, done.records, strict=True)
        if record.id is None
    ]
    if records:
        rows.add_records(records, batch=footing.batch_id, creator=actor.id, now=now)


def _update_public(
    entries: Sequence[CustomerEntry], fields: Mapping[str, FieldRule], now: datetime
) -> dict[UUID, int]:
    """Completed customers: their public values and their revision move on. Returns the new revisions."""
    changed = {entry.id: entry for entry in entries if entry.id is not None}
    if not changed:
        return {}
    standing = list(Customer.objects.select_for_update().filter(id__in=list(changed)).order_by("id"))
    if any(row.absorbed_by for row in standing):
        raise RegistryProblem("customer.merged")
    table = jurisdictions.known()
    for row in standing:
        _carry(row, changed[row.id].values, fields, table, now)
    Customer.objects.bulk_update(standing, CARRIED)
    return {row.id: row.revision for row in standing}


def _writes(
    entries: Sequence[CustomerEntry],
    stored: Sequence[Stored],
    fields: Mapping[str, FieldRule],
    provenance: UUID,
) -> Iterable[SealedWrite]:
    parted = Parting(fields).of
    for entry, done in zip(entries, stored, strict=True):
        customer = done.customer
        for group, values in parted(entry.values):
            yield SealedWrite(customer, group, customer, values, None, provenance)
        for record, record_id in zip(entry.records, done.records, strict=True):
            for group, values in parted(record.values):
                yield SealedWrite(customer, group, record_id, values, None, provenance)


def _journal(
    actor: Actor,
    footing: Footing,
    entries: Sequence[CustomerEntry],
    stored: Sequence[Stored],
    sealed: vault.Sealed,
    revisions: Mapping[UUID, int],
) -> None:
    shared = {
        "purpose": footing.purpose,
        "channel": str(footing.channel),
        "source": str(footing.source),
        "batch": str(footing.batch_id) if footing.batch_id else None,
    }
    named: dict[tuple[str, ...], list[str]] = {}
    for event, created in (("customer.created", True), ("customer.changed", False)):
        lines: list[journal.Row] = [
            (
                done.customer,
                {
                    **shared,
                    "fields": _field_names(entry, named),
                    "records": _count(entry.records),
                    "revision": revisions.get(done.customer, 1),
                    "sealed": sealed.marks(done.customer),
                },
            )
            for entry, done in zip(entries, stored, strict=True)
            if done.created is created
        ]
        if lines:
            journal.append_many(actor=actor, event=event, rows=lines, purpose=footing.purpose)


def _field_names(entry: CustomerEntry, known: dict[tuple[str, ...], list[str]]) -> list[str]:
    """The fields of an entry, each once, in order; the rows of one file have few different sets."""
    keys = tuple(_all_keys(entry)) if entry.records else tuple(entry.values)
    names = known.get(keys)
    if names is None:
        names = known[keys] = sorted(set(keys))
    return names


def _changed(
    entries: Sequence[CustomerEntry], stored: Sequence[Stored], revisions: Mapping[UUID, int]
) -> list[Changed]:
    """Those that were completed; who is new is known to nobody yet."""
    return [
        Changed(done.customer, tuple(sorted(set(_all_keys(entry)))), revisions.get(done.customer, 1))
        for entry, done in zip(entries, stored, strict=True)
        if not done.created
    ]


def _count(records: Sequence[RecordEntry]) -> dict[str, int]:
    found: dict[str, int] = {}
    for record in records:
        found[record.kind] = found.get(record.kind, 0) + 1
    return found
