"""Looking through everything that is sealed for what somebody changed in the database; no value is handed out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.vault import database, files
from shouxin.vault.checking_places import Altered, check_places
from shouxin.vault.errors import TamperFound, Tampering
from shouxin.vault.groups import Loaded, Pair, load, open_record, unlock
from shouxin.vault.payload import decode

BATCH = 500  # storage groups

# Whoever deletes the row of a group leaves its key or its records behind: these are looked for from every side.
_NEXT = """
(SELECT customer_id, storage_group FROM vault_group WHERE state IN ('collected', 'in_use', 'locked')
 AND (%b::uuid IS NULL OR (customer_id, storage_group) > (%b::uuid, %b::text))
 ORDER BY customer_id, storage_group LIMIT %b)
UNION
(SELECT customer_id, storage_group FROM vault_data_key
 WHERE %b::uuid IS NULL OR (customer_id, storage_group) > (%b::uuid, %b::text)
 ORDER BY customer_id, storage_group LIMIT %b)
UNION
(SELECT DISTINCT customer_id, storage_group FROM vault_sealed_record
 WHERE %b::uuid IS NULL OR (customer_id, storage_group) > (%b::uuid, %b::text)
 ORDER BY customer_id, storage_group LIMIT %b)
ORDER BY customer_id, storage_group LIMIT %b
"""
_FILES = """
SELECT f.customer_id, f.storage_group, f.file_id, f.sealed
FROM unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
JOIN vault_file_key f USING (customer_id, storage_group)
"""
_HISTORY = """
SELECT h.customer_id, h.storage_group, h.record_id, h.revision, h.sealed
FROM unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
JOIN vault_sealed_history h USING (customer_id, storage_group)
"""


@dataclass(slots=True)
class Checked:
    """How much was opened so far, and everything that was not as stored."""

    groups: int = 0
    records: int = 0
    versions: int = 0  # earlier ones, of the kept history
    found: list[TamperFound] = field(default_factory=list)
    keys: int = 0  # of small secrets, of parcels, epoch keys, index keys, and of files
    parcels: int = 0  # under those keys, the secrets themselves among them
    altered: list[Altered] = field(default_factory=list)


def check(*, actor: Actor, batch: int = BATCH) -> Iterator[Checked]:
    """Open every record and every kept version, every small secret and every parcel; yields the state of things after
    each batch of groups and each other place.

    What is found is journalled as an alarm, as when somebody reads it; at the end the whole is journalled.

    Raises:
        NotAllowed: the actor may not look after keys.
        KeyServiceUnavailable, VaultNotReady: nothing can be opened.
    """
    actor.require(Permission.VAULT_KEY_READ)
    done, after = Checked(), None
    while True:
        with transaction.atomic():
            pairs = _next(after, batch)
            if pairs:
                _check_batch(actor, pairs, done)
            else:
                journal.append(
                    actor=actor,
                    event="values.checked",
                    data={
                        "groups": done.groups,
                        "records": done.records,
                        "versions": done.versions,
                        "found": len(done.found),
                    },
                )
        yield done
        if not pairs:
            break
        after = pairs[-1]
    for looked in check_places(actor):
        done.keys += looked.keys
        done.parcels += looked.parcels
        done.altered += looked.found
        yield done
    found = {"keys": done.keys, "parcels": done.parcels, "found": len(done.altered)}
    with transaction.atomic():
        journal.append(actor=actor, event="secrets.checked", data=found)


def _next(after: Pair | None, batch: int) -> list[Pair]:
    customer, group = after or (None, "")
    return [(c, g) for c, g in database.execute(_NEXT, [*[customer, customer, group, batch] * 3, batch])]


def _check_batch(actor: Actor, pairs: Sequence[Pair], done: Checked) -> None:
    loaded, alarms = load(pairs), list[TamperFound]()
    keys: dict[Pair, DataKey] = {}
    for pair in pairs:
        done.groups += 1
        if pair not in loaded:
            alarms.append(TamperFound(*pair, None, Tampering.RECORDS_CHANGED))
        elif (key := _key(loaded[pair], alarms)) is not None:
            keys[pair] = key
            _check_records(loaded[pair], key, done, alarms)
    _check_history(keys, done, alarms)
    _check_files(keys, done, alarms)
    for alarm in alarms:
        journal.append(
            actor=actor,
            event="tampering.found",
            customer=alarm.customer_id,
            data={"group": alarm.group, "record": alarm.record_id, "what": alarm.what.value},
        )
    done.found += alarms


def _key(group: Loaded, alarms: list[TamperFound]) -> DataKey | None:
    try:
        return unlock(group)
    except TamperFound as alarm:
        alarms.append(alarm)
        return None


def _check_records(group: Loaded, key: DataKey, done: Checked, alarms: list[TamperFound]) -> None:
    for record in group.blobs:
        done.records += 1
        try:
            open_record(group, key, record)
        except TamperFound as alarm:
            alarms.append(alarm)


def _check_files(keys: dict[Pair, DataKey], done: Checked, alarms: list[TamperFound]) -> None:
    for customer, group, file, sealed in database.execute(_FILES, database.arrays(keys, 2)):
        done.keys += 1
        try:
            keys[customer, group].open(sealed, record=file, revision=files.REVISION)
        except SealBroken:
            alarms.append(TamperFound(customer, group, file, Tampering.KEY_ALTERED))


def _check_history(keys: dict[Pair, DataKey], done: Checked, alarms: list[TamperFound]) -> None:
    for customer, group, record, revision, sealed in database.execute(_HISTORY, database.arrays(keys, 2)):
        done.versions += 1
        try:
            decode(keys[customer, group].open(sealed, record=record, revision=revision))
        except SealBroken:
            alarms.append(TamperFound(customer, group, record, Tampering.BLOB_ALTERED))
