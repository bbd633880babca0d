"""The way from clear to sealed, in batches: lock the groups, read what stands, seal anew, write each table once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.suites import Suite
from shouxin.core.crypto.wrapping import WrappingKey, data_key_context
from shouxin.core.policy import FieldRule, GroupState
from shouxin.kit import clock
from shouxin.vault import control, database, fields
from shouxin.vault.beginning import Beginning
from shouxin.vault.control import Control
from shouxin.vault.errors import GroupClosed, RevisionConflict
from shouxin.vault.groups import Loaded, Pair, load, open_record, pairs_of, unlock
from shouxin.vault.payload import Value, encode
from shouxin.vault.rekeying import rekey
from shouxin.vault.rules import WRITABLE
from shouxin.vault.tickets import SealedWrite, WriteTicket
from shouxin.vault.tokens import KEYS, TokenBatch

ATTEMPTS = 10  # each lost race means that somebody else created one of the groups in between

Indexed = dict[tuple[str, ...], list[FieldRule]]  # the names of a write's fields -> those with an index

_LOCK = """
SELECT g.customer_id, g.storage_group, g.state
FROM vault_group g JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
    USING (customer_id, storage_group)
ORDER BY g.customer_id, g.storage_group FOR UPDATE OF g
"""

_BEGIN = """
INSERT INTO vault_group (customer_id, storage_group, state, since, changes, head)
SELECT c, g, 'collected', %b, n, h FROM unnest(%b::uuid[], %b::text[], %b::int8[], %b::bytea[]) AS w(c, g, n, h)
ORDER BY c, g ON CONFLICT (customer_id, storage_group) DO NOTHING RETURNING 1
"""

_HEADS = """
UPDATE vault_group g SET changes = w.n, head = w.h
FROM unnest(%b::uuid[], %b::text[], %b::int8[], %b::bytea[]) AS w(c, s, n, h)
WHERE g.customer_id = w.c AND g.storage_group = w.s
"""

# What stood goes to the history, as it was before this statement.
_REPLACE = """
WITH w AS (
    SELECT * FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::int4[], %b::bytea[], %b::timestamptz[], %b::uuid[])
        AS w(c, g, r, n, b, at, by)
), kept AS (
    INSERT INTO vault_sealed_history (customer_id, storage_group, record_id, revision, sealed, at, by)
    SELECT r.customer_id, r.storage_group, r.record_id, r.revision, r.sealed, r.at, r.by
    FROM vault_sealed_record r JOIN w ON r.customer_id = w.c AND r.storage_group = w.g AND r.record_id = w.r
)
UPDATE vault_sealed_record r SET revision = w.n, sealed = w.b, at = w.at, by = w.by FROM w
WHERE r.customer_id = w.c AND r.storage_group = w.g AND r.record_id = w.r
"""

_KEYS = {
    "customer_id": "uuid",
    "storage_group": "text",
    "version": "int4",
    "suite": "int2",
    "epoch": "int4",
    "wrapped": "bytea",
}
_RECORDS = {
    "customer_id": "uuid",
    "storage_group": "text",
    "record_id": "uuid",
    "revision": "int4",
    "sealed": "bytea",
    "at": "timestamptz",
    "by": "uuid",
}


@dataclass(frozen=True, slots=True)
class Pen:
    """Who writes, by which rules, into groups of which states."""

    by: UUID  # pseudonym
    fields: Mapping[str, FieldRule]
    writable: frozenset[GroupState] = WRITABLE


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a batch did.

    Attributes:
        revisions: per write, in order, the revision that now stands.
        changes: per customer and storage group, the count of changes its head now carries. The caller's journal
            entry names it (`marks`), so that verification can tell a group that was rolled back as a whole.
    """

    revisions: list[int]
    changes: dict[UUID, dict[str, int]]

    def marks(self, customer: UUID) -> dict[str, int]:
        """What the journal entry of `customer` carries under "sealed": storage group → count of changes."""
        return self.changes.get(customer, {})


@dataclass(slots=True)
class _Batch:
    """Rows to write, gathered while sealing."""

    begun: list[tuple[Any, ...]] = field(default_factory=list)
    heads: list[tuple[Any, ...]] = field(default_factory=list)
    keys: list[tuple[Any, ...]] = field(default_factory=list)
    added: list[tuple[Any, ...]] = field(default_factory=list)
    replaced: list[tuple[Any, ...]] = field(default_factory=list)
    revisions: list[int] = field(default_factory=list)
    changes: dict[UUID, dict[str, int]] = field(default_factory=dict)


class _LostRace(Exception):
    """Another transaction created one of the groups since it was looked for."""


@transaction.atomic(savepoint=False)  # whoever writes undoes all of it
def seal(*, ticket: WriteTicket, writes: Sequence[SealedWrite], indexed: bool = True) -> Sealed:
    """Store the values of `writes`, all or none, each merged into what its record holds already.

    Not `indexed`, they are found by no search and claim no number: they wait for somebody's decision.

    The number of statements does not depend on the number of writes. The caller journals, naming `marks`.

    Raises:
        NotPermitted, UnknownProvenance: the ticket does not cover a value.
        RevisionConflict: a record is no longer at the expected revision.
        GroupClosed: a group is locked or destroyed.
        DuplicateKey: a business key belongs to another record.
        TamperFound: a record to be merged into is not what was stored.
        KeyServiceUnavailable, VaultNotReady: there are no keys to seal with.
        ValueError: one record's group is written twice in the batch.
    """
    ticket.check(writes)
    if not writes:
        return Sealed([], {})
    control.share_epoch()
    chosen = control.read()
    if chosen.new:
        fields.remember()
    fresh, standing = _apart(ticket, writes)
    new = [writes[n] for n in fresh]
    pen = Pen(ticket.permit.actor.pseudonym, ticket.permit.fields)
    sealed, tokens = seal_standing(pen, [writes[n] for n in standing], chosen)
    tokens = tokens if indexed else TokenBatch()
    beginning = Beginning(ticket, chosen, new)
    tokens.writes = [standing[n] for n in tokens.writes]
    keyed: Indexed = {}
    for number, write in zip(fresh, new, strict=True):
        names = tuple(write.values)
        rules = keyed.get(names)
        if rules is None:
            rules = keyed[names] = [
                rule for rule in _indexed(pen, write, {}) if KEYS.intersection(rule.indexes)
            ]
        if rules:
            tokens.claim(number, write, rules, chosen.indexes)
    tokens.store()
    beginning.store()
    revisions = [1] * len(writes)
    for number, revision in zip(standing, sealed.revisions, strict=True):
        revisions[number] = revision
    return Sealed(revisions, {**sealed.changes, **beginning.changes})


def _apart(ticket: WriteTicket, writes: Sequence[SealedWrite]) -> tuple[list[int], list[int]]:
    """The writes of customers of whom nothing is stored yet, and the others; by their numbers."""
    fresh, standing = list[int](), list[int]()
    last, into = None, standing
    for number, write in enumerate(writes):
        if write.customer_id is not last:  # they come customer by customer
            last = write.customer_id
            into = fresh if last in ticket.fresh else standing
        into.append(number)
    return fresh, standing


def seal_standing(pen: Pen, writes: Sequence[SealedWrite], chosen: Control) -> tuple[Sealed, TokenBatch]:
    """Seal for customers of whom something may be stored; what the indexes must change is for the caller to store."""
    if len({(write.customer_id, write.group, write.record_id) for write in writes}) != len(writes):
        raise ValueError("one record's group is written twice in one batch")
    if not writes:
        return Sealed([], {}), TokenBatch()
    for _ in range(ATTEMPTS):
        try:
            return _seal(pen, writes, chosen)
        except _LostRace:
            continue
    raise _conflict(writes[0])


def _conflict(write: SealedWrite) -> RevisionConflict:
    return RevisionConflict(write.customer_id, write.group, write.record_id, expected=0, found=1)


def _seal(pen: Pen, writes: Sequence[SealedWrite], chosen: Control) -> tuple[Sealed, TokenBatch]:
    # Only what is held: a group that begins between the two statements must not pass for one of ours.
    held = lock(pairs_of(writes), pen.writable)
    standing = load(held, [write.record_id for write in writes])
    aged = [pair for pair, group in standing.items() if group.suite in chosen.outdated]
    if aged:  # an outdated suite seals nothing new: the whole group changes to the chosen one first
        rekey(aged, chosen)
        standing.update(load(aged, [write.record_id for write in writes]))
    batch = _prepare(pen, writes, chosen, standing)
    tokens = _tokens(pen, writes, chosen, standing)
    if batch.begun:
        with transaction.atomic():
            now = clock.now()
            made = database.execute(_BEGIN, [now, *database.arrays(batch.begun, 4)])
            if len(made) != len(batch.begun):
                raise _LostRace
    if batch.heads:
        database.execute(_HEADS, database.arrays(batch.heads, 4))
    database.insert("vault_data_key", _KEYS, batch.keys)
    if batch.replaced:
        database.execute(_REPLACE, database.arrays(batch.replaced, 7))
    database.insert("vault_sealed_record", _RECORDS, batch.added)
    return Sealed(batch.revisions, batch.changes), tokens


def lock(pairs: Sequence[Pair], writable: frozenset[GroupState] = WRITABLE) -> list[Pair]:
    """Let nobody else write into these groups until the transaction ends; always in the same order.

    Returns the groups that are held: those that exist. The others are for `_BEGIN` to create, or to lose.

    Raises:
        GroupClosed: one of them is not open for writing.
    """
    held = []
    for customer, group, state in database.execute(_LOCK, database.arrays(pairs, 2)):
        if state not in writable:
            raise GroupClosed(customer, group, state)
        held.append((customer, group))
    return held


def _prepare(
    pen: Pen, writes: Sequence[SealedWrite], chosen: Control, standing: Mapping[Pair, Loaded]
) -> _Batch:
    batch = _Batch(revisions=[0] * len(writes))
    by_group: dict[Pair, list[int]] = {}
    for number, write in enumerate(writes):
        by_group.setdefault((write.customer_id, write.group), []).append(number)
    now, by = clock.now(), pen.by
    own = chosen.wrappings([pair for pair in by_group if pair not in standing])
    for pair, numbers in by_group.items():
        group = standing.get(pair)
        key = unlock(group) if group else _new_key(pair, chosen.suite, own.get(pair, chosen.wrapping), batch)
        revisions = dict(group.revisions) if group else {}
        for number in numbers:
            write = writes[number]
            before = revisions.get(write.record_id, 0)
            if write.expected_revision not in {None, before}:
                raise RevisionConflict(
                    *pair, write.record_id, expected=write.expected_revision or 0, found=before
                )
            values = _merged(group, key, write) if before and group else _present(write.told())
            blob = key.seal(encode(values), record=write.record_id, revision=before + 1)
            row = (*pair, write.record_id, before + 1, blob, now, by)
            (batch.replaced if before else batch.added).append(row)
            batch.revisions[number] = revisions[write.record_id] = before + 1
        changes = (group.changes if group else 0) + 1
        batch.changes.setdefault(pair[0], {})[pair[1]] = changes
        head = key.sign_head(list(revisions.items()), changes=changes)
        (batch.heads if group else batch.begun).append((*pair, changes, head))
    return batch


def _present(values: Mapping[str, Value | None]) -> dict[str, Value]:
    return {key: value for key, value in values.items() if value is not None}


def _merged(group: Loaded, key: DataKey, write: SealedWrite) -> dict[str, Value]:
    """What the record holds with the written fields put in or taken away; never leaves the process."""
    values = open_record(group, key, write.record_id)
    for name, value in write.told().items():
        if value is None:
            values.pop(name, None)
        else:
            values[name] = value
    return values


def _new_key(pair: Pair, suite: Suite, wrapping: WrappingKey, batch: _Batch) -> DataKey:
    """A data key for a group that begins, wrapped under the current epoch or under the key of its owner alone."""
    customer, group = pair
    key = suite.new_key()
    context = data_key_context(suite=suite, version=1, customer=customer, group=group)
    batch.keys.append((customer, group, 1, suite.id, wrapping.id, wrapping.wrap(key, context)))
    return DataKey(suite, key, version=1, customer=customer, group=group)


def _tokens(
    pen: Pen, writes: Sequence[SealedWrite], chosen: Control, standing: Mapping[Pair, Loaded]
) -> TokenBatch:
    tokens = TokenBatch()
    known = {(pair, record) for pair, group in standing.items() for record, _ in group.revisions}
    indexed: Indexed = {}
    for number, write in enumerate(writes):
        rules = _indexed(pen, write, indexed)
        if ((write.customer_id, write.group), write.record_id) in known:
            tokens.forget(write, rules)
        tokens.add(number, write, rules, chosen.indexes)
    return tokens


def _indexed(pen: Pen, write: SealedWrite, known: Indexed) -> list[FieldRule]:
    """The rules of the write's fields that have an index."""
    names, fields = tuple(write.values), pen.fields
    rules = known.get(names)
    if rules is None:
        rules = known[names] = [fields[key] for key in sorted(names) if fields[key].indexes]
    return rules
