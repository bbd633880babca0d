"""Reading storage groups: key, head and blobs in one statement, and what is wrong with them when something is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any
from uuid import UUID

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.errors import Broken, KeyMissing, SealBroken, UnknownSuite
from shouxin.core.policy import GroupState
from shouxin.journal.services import Beside
from shouxin.kit import direct
from shouxin.vault import database
from shouxin.vault.errors import TamperFound, Tampering
from shouxin.vault.keyring import keyring
from shouxin.vault.payload import Value, decode

Pair = tuple[UUID, str]  # (customer, storage group)
READABLE = frozenset({GroupState.COLLECTED, GroupState.IN_USE})
LOCKED = frozenset({GroupState.LOCKED})  # readable for the product itself

_READ = """
SELECT g.customer_id, g.storage_group, g.state, g.changes, g.head,
       k.version, k.suite, k.epoch, k.wrapped, r.record_id, r.revision,
       CASE WHEN %b::uuid[] IS NULL OR r.record_id = ANY(%b::uuid[]) THEN r.sealed END
FROM unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
JOIN vault_group g USING (customer_id, storage_group)
LEFT JOIN vault_data_key k USING (customer_id, storage_group)
LEFT JOIN vault_sealed_record r USING (customer_id, storage_group)
"""

# The same for one customer, asked beside what else is asked about them.
_OF_ONE = """
SELECT g.customer_id, g.storage_group, g.state, g.changes, g.head,
       k.version, k.suite, k.epoch, k.wrapped, r.record_id, r.revision,
       CASE WHEN %(records)s::uuid[] IS NULL OR r.record_id = ANY(%(records)s::uuid[]) THEN r.sealed END
FROM vault_group g
LEFT JOIN vault_data_key k USING (customer_id, storage_group)
LEFT JOIN vault_sealed_record r USING (customer_id, storage_group)
WHERE g.customer_id = %(customer)s::uuid AND g.storage_group = ANY(%(groups)s::text[])
"""

_DIAGNOSED = 500  # records or revisions tried when telling what happened, so that an alarm stays cheap

_BLOB_DAMAGE = {
    Broken.TRUNCATED: Tampering.BLOB_TRUNCATED,
    Broken.FORMAT: Tampering.BLOB_FORMAT,
    Broken.SUITE: Tampering.BLOB_SUITE,
    Broken.KEY_VERSION: Tampering.BLOB_KEY_VERSION,
    Broken.NOT_AUTHENTIC: Tampering.BLOB_ALTERED,
}


@dataclass(slots=True)
class Loaded:
    """One storage group as it stood in the database at one moment."""

    customer_id: UUID
    group: str
    state: str
    changes: int
    head: bytes | None
    version: int | None
    suite: int | None
    epoch: int | None
    wrapped: bytes | None
    revisions: list[tuple[UUID, int]] = field(default_factory=list)
    blobs: dict[UUID, tuple[int, bytes]] = field(default_factory=dict)

    @property
    def pair(self) -> Pair:
        return self.customer_id, self.group


@dataclass(frozen=True, slots=True)
class Fetching:
    """Sealed groups of one customer, asked for before it is decided whether anybody may open them: a statement saved.

    What is fetched is what the database holds, sealed. It opens by a permit alone, like all the rest.
    """

    customer: UUID
    groups: frozenset[str]
    records: list[UUID] | None
    text = _OF_ONE  # a SELECT whose first column is the customer

    @property
    def values(self) -> dict[str, Any]:
        """The named parameters of the text."""
        return {"customer": self.customer, "groups": _names(self.groups), "records": self.records}


@lru_cache(maxsize=256)
def _names(groups: frozenset[str]) -> Any:
    return direct.kept(sorted(groups))


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows that came, still sealed."""

    asked: Fetching
    rows: Sequence[tuple[Any, ...]]

    def holds(self, pairs: Iterable[Pair], records: Sequence[UUID] | None) -> bool:
        """Whether these groups, with these records, were all asked for."""
        asked = self.asked
        return self._of(records) and all(
            customer == asked.customer and group in asked.groups for customer, group in pairs
        )

    def has(self, groups: Mapping[str, object], records: Sequence[UUID] | None) -> bool:
        """As `holds`, for groups of the customer who was asked for."""
        return self._of(records) and self.asked.groups >= groups.keys()

    def _of(self, records: Sequence[UUID] | None) -> bool:
        return records is None if self.asked.records is None else records == self.asked.records


def load(
    pairs: Collection[Pair], records: Sequence[UUID] | None = None, *, entry: Beside | None = None
) -> dict[Pair, Loaded]:
    """These groups with all their revisions and the blobs of `records` (None: of all), in one statement, which also
    adds `entry` to the journal."""
    if not pairs and entry is None:
        return {}
    wanted = None if records is None else list(records)
    parameters = [wanted, wanted, *database.arrays(pairs, 2)]
    if entry is None:
        rows = database.execute(_READ, parameters)
    else:
        rows = database.execute(f"WITH {entry.text} {_READ}", [*entry.values, *parameters])
    return grouped(rows)


def grouped(rows: Iterable[tuple[Any, ...]]) -> dict[Pair, Loaded]:
    """Rows put together by group."""
    found: dict[Pair, Loaded] = {}
    for row in rows:
        record, revision, sealed = row[9:]
        group = found.get(row[:2])
        if group is None:
            group = found[row[:2]] = Loaded(*row[:9])
        if record is not None:
            group.revisions.append((record, revision))
            if sealed is not None:
                group.blobs[record] = (revision, sealed)
    return found


def unlock(group: Loaded) -> DataKey:
    """The group's data key, after making sure that every record is there and at its newest revision.

    Raises:
        TamperFound: the key or the head is not what was stored.
        KeyServiceUnavailable: the key provider does not answer.
    """
    if group.wrapped is None or group.version is None or group.suite is None or group.epoch is None:
        raise TamperFound(group.customer_id, group.group, None, Tampering.KEY_MISSING)
    try:
        key = keyring.data_key(
            customer=group.customer_id,
            group=group.group,
            version=group.version,
            suite=group.suite,
            epoch=group.epoch,
            wrapped=group.wrapped,
        )
    except (SealBroken, KeyMissing, UnknownSuite, ValueError):
        raise TamperFound(group.customer_id, group.group, None, Tampering.KEY_ALTERED) from None
    try:
        key.check_head(group.head or b"", group.revisions, changes=group.changes)
    except SealBroken:
        raise _records_changed(group, key) from None
    return key


def open_record(group: Loaded, key: DataKey, record: UUID) -> dict[str, Value]:
    """The values of one loaded record.

    Raises:
        TamperFound: the blob is not what was stored for this record at this revision.
    """
    revision, sealed = group.blobs[record]
    try:
        return decode(key.open(sealed, record=record, revision=revision))
    except SealBroken as broken:
        raise TamperFound(
            group.customer_id, group.group, record, _what_happened(group, key, record, sealed, broken.what)
        ) from None


def _records_changed(group: Loaded, key: DataKey) -> TamperFound:
    """Name the record that was rolled back, when the kept history still shows it."""
    kept = database.execute(
        "SELECT record_id, max(revision) FROM vault_sealed_history"
        " WHERE customer_id = %b AND storage_group = %b GROUP BY record_id",
        [group.customer_id, group.group],
    )
    newest = dict(kept)
    for record, revision in group.revisions:
        if newest.get(record, 0) >= revision:
            return TamperFound(group.customer_id, group.group, record, Tampering.BLOB_ROLLED_BACK)
    # Otherwise: which one record, one revision further on, would make the head fit?
    for record, revision in group.revisions[:_DIAGNOSED]:
        others = [(other, at) for other, at in group.revisions if other != record]
        if _fits(group, key, [*others, (record, revision + 1)]):
            return TamperFound(group.customer_id, group.group, record, Tampering.BLOB_ROLLED_BACK)
    return TamperFound(group.customer_id, group.group, None, Tampering.RECORDS_CHANGED)


def _fits(group: Loaded, key: DataKey, records: list[tuple[UUID, int]]) -> bool:
    try:
        key.check_head(group.head or b"", records, changes=group.changes)
    except SealBroken:
        return False
    return True


def _what_happened(group: Loaded, key: DataKey, record: UUID, sealed: bytes, damage: Broken) -> Tampering:
    """Tell a blob moved within the customer, or an old one put back, from one whose bytes were changed."""
    if damage is not Broken.NOT_AUTHENTIC:
        return _BLOB_DAMAGE[damage]
    for revision in range(group.blobs[record][0] - 1, 0, -1)[:_DIAGNOSED]:
        if _opens(key, sealed, record, revision):
            return Tampering.BLOB_ROLLED_BACK
    for other, revision in group.revisions[:_DIAGNOSED]:
        if other != record and _opens(key, sealed, other, revision):
            return Tampering.BLOB_MOVED
    elsewhere = database.execute(
        "SELECT 1 FROM vault_sealed_record WHERE customer_id = %b AND sealed = %b"
        " AND (storage_group, record_id) <> (%b::text, %b)",
        [group.customer_id, sealed, group.group, record],
    )
    return Tampering.BLOB_MOVED if elsewhere else Tampering.BLOB_ALTERED


def _opens(key: DataKey, sealed: bytes, record: UUID, revision: int) -> bool:
    try:
        key.open(sealed, record=record, revision=revision)
    except SealBroken:
        return False
    return True


def readable(group: Loaded, *, maintenance: bool) -> bool:
    """Whether the group's state lets anybody (maintenance: the product itself) look inside."""
    return group.state in READABLE or (maintenance and group.state in LOCKED)


def pairs_of(rows: Iterable[Any]) -> list[Pair]:
    """The (customer, group) of anything that has `customer_id` and `group`, each once, in the order of locking."""
    return sorted({(row.customer_id, row.group) for row in rows})
