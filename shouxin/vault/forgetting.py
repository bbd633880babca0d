"""Taking whole records out of their storage groups, with every earlier version, so that nothing can bring them back."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from shouxin.core.crypto.indexes import code_of
from shouxin.core.policy import Action, Permit
from shouxin.vault import control, database
from shouxin.vault.errors import NotPermitted
from shouxin.vault.groups import Pair, load, open_record, unlock
from shouxin.vault.rekeying import rekey
from shouxin.vault.rules import WRITABLE

Place = tuple[UUID, str, UUID]  # customer, storage group, record

_LOCK = """
SELECT g.customer_id, g.storage_group FROM vault_group g
JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group) USING (customer_id, storage_group)
WHERE g.state = ANY(%b::text[]) ORDER BY g.customer_id, g.storage_group FOR UPDATE OF g
"""
_GONE = """
DELETE FROM {} t USING unnest(%b::uuid[], %b::text[], %b::uuid[]) AS w(c, g, r)
WHERE (t.customer_id, t.storage_group, t.record_id) = (w.c, w.g, w.r)
"""
_GONE_TOKENS = """
DELETE FROM vault_search_token t USING unnest(%b::uuid[], %b::int4[], %b::uuid[]) AS w(c, g, r)
WHERE (t.customer_id, t.place, t.record_id) = (w.c, w.g, w.r)
"""
_TABLES = ("vault_sealed_record", "vault_sealed_history", "vault_business_key")
_HEADS = """
UPDATE vault_group g SET changes = w.n, head = w.h
FROM unnest(%b::uuid[], %b::text[], %b::int8[], %b::bytea[]) AS w(c, s, n, h)
WHERE g.customer_id = w.c AND g.storage_group = w.s
"""


@transaction.atomic
def forget_records(permit: Permit, places: Collection[Place]) -> dict[UUID, dict[str, int]]:
    """Take these records out for good: what remains of each group is sealed under a new key and the old one is gone.

    A group that is closed is left as it is: what is locked stays, what is destroyed is gone already. Gives the marks
    that the caller's journal entry names.

    Raises:
        NotPermitted: the permit does not write, or is not for these customers.
        TamperFound, KeyServiceUnavailable: nothing is taken out.
    """
    if permit.action not in {Action.WRITE, Action.MAINTAIN}:
        raise NotPermitted(f"a permit to {permit.action} takes nothing out")
    if not {customer for customer, _, _ in places} <= set(permit.forms):
        raise NotPermitted("the permit is not for these customers")
    if not places:
        return {}
    control.share_epoch()
    pairs: list[Pair] = sorted({(customer, group) for customer, group, _ in places})
    states = sorted(state.value for state in WRITABLE)
    held: list[Pair] = [(c, g) for c, g in database.execute(_LOCK, [*database.arrays(pairs, 2), states])]
    going = [place for place in places if place[:2] in set(held)]
    heads, marks = [], dict[UUID, dict[str, int]]()
    for pair, group in load(held, []).items():
        key = unlock(group)
        leaving = {record for customer, name, record in going if (customer, name) == pair}
        rest = [(record, revision) for record, revision in group.revisions if record not in leaving]
        heads.append((*pair, group.changes + 1, key.sign_head(rest, changes=group.changes + 1)))
        marks.setdefault(pair[0], {})[pair[1]] = group.changes + 1
    for table in _TABLES:
        database.execute(_GONE.format(table), database.arrays(going, 3))
    coded = [(customer, code_of(group), record) for customer, group, record in going]
    database.execute(_GONE_TOKENS, database.arrays(coded, 3))
    database.execute(_HEADS, database.arrays(heads, 4))
    rekey(held, control.read())
    return marks


_STANDING = """
SELECT customer_id, storage_group FROM vault_group
WHERE customer_id = ANY(%b::uuid[]) AND state = ANY(%b::text[]) ORDER BY 1, 2 FOR UPDATE
"""
_NO_TOKENS = """
DELETE FROM vault_search_token t USING unnest(%b::uuid[], %b::int4[], %b::uuid[], %b::int4[]) AS w(c, g, r, f)
WHERE (t.customer_id, t.place, t.record_id, t.field) = (w.c, w.g, w.r, w.f)
"""
_NO_KEYS = """
DELETE FROM vault_business_key t USING unnest(%b::uuid[], %b::text[], %b::uuid[], %b::text[]) AS w(c, g, r, f)
WHERE (t.customer_id, t.storage_group, t.record_id, t.field) = (w.c, w.g, w.r, w.f)
"""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Which present values went, as (customer, record, field), and the marks that the journal entry names."""

    fields: list[tuple[UUID, UUID, str]]
    marks: dict[UUID, dict[str, int]]


@transaction.atomic
def forget_values(permit: Permit, provenances: Collection[UUID]) -> Forgotten:
    """Take every value of these provenances, present or earlier, out of the permit's customers for good.

    What remains is sealed under new keys, and the old ones are gone. A group that is closed is left as it is.

    Raises:
        NotPermitted, TamperFound, KeyServiceUnavailable: nothing is taken out.
    """
    if permit.action is not Action.MAINTAIN:
        raise NotPermitted(f"a permit to {permit.action} takes nothing out")
    control.share_epoch()
    states, wanted = sorted(state.value for state in WRITABLE), frozenset(provenances)
    held: list[Pair] = [(c, g) for c, g in database.execute(_STANDING, [list(permit.forms), states])]
    gone: list[tuple[UUID, str, UUID, str]] = []
    heads, marks = [], dict[UUID, dict[str, int]]()
    for pair, group in load(held).items():
        key = unlock(group)
        mine = [
            (*pair, record, name)
            for record in group.blobs
            for name, value in open_record(group, key, record).items()
            if value.provenance in wanted
        ]
        if mine:
            changes = group.changes + 1
            gone += mine
            heads.append((*pair, changes, key.sign_head(group.revisions, changes=changes)))
            marks.setdefault(pair[0], {})[pair[1]] = changes
    coded = [(customer, code_of(group), record, code_of(name)) for customer, group, record, name in gone]
    database.execute(_NO_TOKENS, database.arrays(coded, 4))
    database.execute(_NO_KEYS, database.arrays(gone, 4))
    database.execute(_HEADS, database.arrays(heads, 4))
    rekey(held, control.read(), drop=lambda _record, _name, value: value.provenance in wanted)
    return Forgotten([(customer, record, name) for customer, _group, record, name in gone], marks)


@transaction.atomic
def forget_fields(permit: Permit, places: Collection[tuple[UUID, UUID, str]]) -> Forgotten:
    """Take these fields of these records (customer, record, field) out for good, with every earlier value.

    What remains of their groups is sealed under new keys, and the old ones are gone. A group that is closed is left as
    it is.

    Raises:
        NotPermitted, TamperFound, KeyServiceUnavailable: nothing is taken out.
    """
    if permit.action is not Action.MAINTAIN:
        raise NotPermitted(f"a permit to {permit.action} takes nothing out")
    if not {customer for customer, _, _ in places} <= set(permit.forms):
        raise NotPermitted("the permit is not for these customers")
    control.share_epoch()
    going = [
        (c, permit.fields[name].storage_group, r, name) for c, r, name in places if name in permit.fields
    ]
    pairs, states = sorted({place[:2] for place in going}), sorted(state.value for state in WRITABLE)
    held: list[Pair] = [(c, g) for c, g in database.execute(_LOCK, [*database.arrays(pairs, 2), states])]
    going = [place for place in going if place[:2] in set(held)]
    present, heads, marks = list[tuple[UUID, UUID, str]](), [], dict[UUID, dict[str, int]]()
    for pair, group in load(held).items():
        key, changes = unlock(group), group.changes + 1
        present += [
            (pair[0], record, name)
            for customer, named, record, name in going
            if (customer, named) == pair and record in group.blobs and name in open_record(group, key, record)
        ]
        heads.append((*pair, changes, key.sign_head(group.revisions, changes=changes)))
        marks.setdefault(pair[0], {})[pair[1]] = changes
    coded = [(customer, code_of(group), record, code_of(name)) for customer, group, record, name in going]
    database.execute(_NO_TOKENS, database.arrays(coded, 4))
    database.execute(_NO_KEYS, database.arrays(going, 4))
    database.execute(_HEADS, database.arrays(heads, 4))
    wanted = {(record, name) for _customer, _group, record, name in going}
    rekey(held, control.read(), drop=lambda record, name, _value: (record, name) in wanted)
    return Forgotten(present, marks)
