"""Taking the newest version of a record back, as if it had not been written: for undoing a merge of two customers.

What was carried over from somebody else leaves the history too, and the blob that stood before stands again, byte for
byte. The head is signed anew with one change more, which the caller's journal entry names; so verification tells this
from a group that somebody rolled back behind its back.
"""

from collections.abc import Mapping
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Action, Permit
from shouxin.vault import control, database
from shouxin.vault.errors import NotPermitted, RevisionConflict
from shouxin.vault.groups import load, open_record, unlock
from shouxin.vault.payload import decode
from shouxin.vault.sealing import lock
from shouxin.vault.tickets import SEALED, SealedWrite
from shouxin.vault.tokens import TokenBatch

_BEFORE = """
SELECT sealed FROM vault_sealed_history
WHERE customer_id = %b AND storage_group = %b::text AND record_id = %b AND revision = %b::int4
"""
_BACK = """
WITH stood AS (
    DELETE FROM vault_sealed_history WHERE customer_id = %b AND storage_group = %b::text AND record_id = %b
    AND revision = %b::int4 RETURNING customer_id, storage_group, record_id, revision, sealed, at, by)
UPDATE vault_sealed_record r SET revision = s.revision, sealed = s.sealed, at = s.at, by = s.by
FROM stood s WHERE (r.customer_id, r.storage_group, r.record_id) = (s.customer_id, s.storage_group, s.record_id)
"""
_GONE = (
    "DELETE FROM vault_sealed_record WHERE customer_id = %b AND storage_group = %b::text AND record_id = %b"
)
_HEAD = (
    "UPDATE vault_group SET changes = %b::int8, head = %b WHERE customer_id = %b AND storage_group = %b::text"
)


@transaction.atomic
def withdraw(
    permit: Permit, *, customer_id: UUID, record_id: UUID, steps: Mapping[str, tuple[int, int]]
) -> dict[str, int]:
    """Take back one version of a record in each of these storage groups; `steps`: group → (revision before, now).

    Before 0: there was no such record. Search tokens and business keys follow. Returns per group the count of changes.

    Raises:
        NotPermitted: not a permit of maintenance for this customer.
        RevisionConflict: a record is no longer at the revision named; nothing is changed.
        GroupClosed, TamperFound, KeyServiceUnavailable: as for sealing.
    """
    if permit.action is not Action.MAINTAIN or customer_id not in permit.forms:
        raise NotPermitted("only maintenance takes versions back")
    if not steps:
        return {}
    control.share_epoch()
    held = lock([(customer_id, group) for group in sorted(steps)])
    standing = load(held, [record_id])
    indexes, tokens, marks = control.read().indexes, TokenBatch(), dict[str, int]()
    for group, (before, now) in steps.items():
        loaded = standing.get((customer_id, group))
        found = dict(loaded.revisions).get(record_id, 0) if loaded else 0
        if loaded is None or found != now:
            raise RevisionConflict(customer_id, group, record_id, expected=now, found=found)
        key, revisions = unlock(loaded), dict(loaded.revisions)
        rules = [r for r in permit.fields.values() if r.storage in SEALED and r.storage_group == group]
        after = open_record(loaded, key, record_id)
        gone = SealedWrite(customer_id, group, record_id, dict.fromkeys(after))
        tokens.forget(gone, [rule for rule in rules if rule.key in after])
        if before:
            ((sealed,),) = database.execute(_BEFORE, [customer_id, group, record_id, before])
            stood = decode(key.open(sealed, record=record_id, revision=before))
            again = SealedWrite(customer_id, group, record_id, stood)
            tokens.add(0, again, [rule for rule in rules if rule.key in stood and rule.indexes], indexes)
            database.execute(_BACK, [customer_id, group, record_id, before])
            revisions[record_id] = before
        else:
            database.execute(_GONE, [customer_id, group, record_id])
            del revisions[record_id]
        marks[group] = loaded.changes + 1
        head = key.sign_head(list(revisions.items()), changes=marks[group])
        database.execute(_HEAD, [marks[group], head, customer_id, group])
    tokens.store()
    return marks
