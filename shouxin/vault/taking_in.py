"""Values that stood in clear come under lock: the grade of their field was raised, and their table gives them up.

Nothing is shown to anybody, so no permit to read is asked for; every value brings the footing it was collected on.
Its earlier versions become kept history of the record with the time and the hand they had. They say nothing of the
other fields of the group, so their blobs hold that one field alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, FieldRule, GroupState, Permission
from shouxin.vault import control, database
from shouxin.vault.groups import Pair, load, open_record, unlock
from shouxin.vault.payload import Value, encode
from shouxin.vault.rules import WRITABLE
from shouxin.vault.sealing import Pen, seal_standing
from shouxin.vault.tickets import SealedWrite, check_place

ENTERED = WRITABLE | {
    GroupState.LOCKED
}  # to seal is to protect, which is all that may be done with the locked

_STATES = """
SELECT g.customer_id, g.state FROM vault_group g
WHERE g.customer_id = ANY(%b::uuid[]) AND g.storage_group = %b::text ORDER BY g.customer_id FOR UPDATE OF g
"""
_MOVE_ON = """
UPDATE vault_sealed_record r SET revision = w.n, sealed = w.b
FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::int4[], %b::bytea[]) AS w(c, g, r, n, b)
WHERE r.customer_id = w.c AND r.storage_group = w.g AND r.record_id = w.r
"""
_HEADS = """
UPDATE vault_group g SET changes = w.n, head = w.h
FROM unnest(%b::uuid[], %b::text[], %b::int8[], %b::bytea[]) AS w(c, s, n, h)
WHERE g.customer_id = w.c AND g.storage_group = w.s
"""
_HISTORY = {
    "customer_id": "uuid",
    "storage_group": "text",
    "record_id": "uuid",
    "revision": "int4",
    "sealed": "bytea",
    "at": "timestamptz",
    "by": "uuid",
}


@dataclass(frozen=True, slots=True)
class Past:
    """A version that stood in clear: its value, when it was written and by whom (pseudonym)."""

    value: Value
    at: datetime
    by: UUID


@dataclass(frozen=True, slots=True)
class Arrival:
    """What comes of one customer's profile: the value that stands, if one does, and its versions, oldest first."""

    customer_id: UUID
    value: Value | None
    versions: tuple[Past, ...] = ()


@dataclass(frozen=True, slots=True)
class TakenIn:
    """Per customer the count of changes their group now carries, for the journal; and whose group is over, so that
    what still stood in clear has no right to be kept."""

    changes: dict[UUID, int] = field(default_factory=dict)
    over: frozenset[UUID] = frozenset()


@transaction.atomic
def take_in(*, actor: Actor, rule: FieldRule, arrivals: Sequence[Arrival]) -> TakenIn:
    """Seal what `arrivals` bring of the field `rule`; the caller empties the clear columns in the same transaction and
    journals, naming the changes.

    Raises:
        NotAllowed: the actor does not look after what is sealed.
        NotPermitted: the field is not one to be sealed.
        TamperFound: a record to be merged into is not what was stored.
        KeyServiceUnavailable, VaultNotReady: there are no keys to seal with.
    """
    actor.require(Permission.VAULT_KEY_ROTATE)
    group = rule.storage_group
    check_place(rule, group)
    control.share_epoch()
    chosen = control.read()
    states = dict(database.execute(_STATES, [[one.customer_id for one in arrivals], group]))
    over = frozenset(customer for customer, state in states.items() if state not in ENTERED)
    staying = [one for one in arrivals if one.customer_id not in over]
    writes = [
        SealedWrite(one.customer_id, group, one.customer_id, {rule.key: one.value} if one.value else {})
        for one in staying
    ]
    sealed, tokens = seal_standing(Pen(actor.pseudonym, {rule.key: rule}, ENTERED), writes, chosen)
    tokens.store()
    changes = {customer: marks[group] for customer, marks in sealed.changes.items()}
    changes |= _keep_versions(rule, [one for one in staying if one.versions])
    return TakenIn(changes, over)


def _keep_versions(rule: FieldRule, arrivals: Sequence[Arrival]) -> dict[UUID, int]:
    """Put the versions into the history, at revisions of their own, and the record that stands beyond them."""
    pairs: list[Pair] = [(one.customer_id, rule.storage_group) for one in arrivals]
    groups = load(pairs, [one.customer_id for one in arrivals])
    history, present, heads, changes = [], [], [], dict[UUID, int]()
    for one in arrivals:
        group = groups[one.customer_id, rule.storage_group]
        key, record = unlock(group), one.customer_id
        place = (*group.pair, record)
        revision = group.blobs[record][0]
        values = open_record(group, key, record)
        for past in one.versions:
            revision += 1
            blob = key.seal(encode({rule.key: past.value}), record=record, revision=revision)
            history.append((*place, revision, blob, past.at, past.by))
        revision += 1
        present.append((*place, revision, key.seal(encode(values), record=record, revision=revision)))
        others = [(other, at) for other, at in group.revisions if other != record]
        changes[one.customer_id] = group.changes + 1
        head = key.sign_head([*others, (record, revision)], changes=group.changes + 1)
        heads.append((*group.pair, group.changes + 1, head))
    _store(history, present, heads)
    return changes


def _store(
    history: list[tuple[Any, ...]], present: list[tuple[Any, ...]], heads: list[tuple[Any, ...]]
) -> None:
    if heads:
        database.execute(_HEADS, database.arrays(heads, 4))
        database.execute(_MOVE_ON, database.arrays(present, 5))
        database.insert("vault_sealed_history", _HISTORY, history)
