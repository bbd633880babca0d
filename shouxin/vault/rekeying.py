"""A new data key for a whole group: every blob, present and kept, and every file key is sealed again.

The old key is forgotten. Used when a suite is outdated, and when a field must vanish from the kept history as well.
"""

from collections.abc import Callable, Collection
from typing import Any, NamedTuple
from uuid import UUID

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.crypto.suites import Suite
from shouxin.core.crypto.wrapping import WrappingKey, data_key_context
from shouxin.vault import database
from shouxin.vault.control import Control
from shouxin.vault.errors import TamperFound, Tampering
from shouxin.vault.groups import Loaded, Pair, load, unlock
from shouxin.vault.payload import Value, decode, encode

_HISTORY = """
SELECT h.customer_id, h.storage_group, h.record_id, h.revision, h.sealed
FROM vault_sealed_history h JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
    USING (customer_id, storage_group)
"""
_RESEAL = """
UPDATE {} t SET sealed = w.b FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::int4[], %b::bytea[]) AS w(c, g, r, n, b)
WHERE (t.customer_id, t.storage_group, t.record_id, t.revision) = (w.c, w.g, w.r, w.n)
"""  # noqa: E501 - one line of SQL
_FILES = """
SELECT f.customer_id, f.storage_group, f.file_id, 0, f.sealed
FROM vault_file_key f JOIN unnest(%b::uuid[], %b::text[]) AS w(customer_id, storage_group)
    USING (customer_id, storage_group)
"""
_RESEAL_FILES = """
UPDATE vault_file_key t SET sealed = w.b FROM unnest(%b::uuid[], %b::text[], %b::uuid[], %b::bytea[]) AS w(c, g, f, b)
WHERE (t.customer_id, t.storage_group, t.file_id) = (w.c, w.g, w.f)
"""
_KEYS = """
UPDATE vault_data_key k SET version = w.v, suite = w.s, epoch = w.e, wrapped = w.k
FROM unnest(%b::uuid[], %b::text[], %b::int4[], %b::int2[], %b::int4[], %b::bytea[]) AS w(c, g, v, s, e, k)
WHERE k.customer_id = w.c AND k.storage_group = w.g
"""
_HEADS = """
UPDATE vault_group g SET head = w.h FROM unnest(%b::uuid[], %b::text[], %b::bytea[]) AS w(c, s, h)
WHERE g.customer_id = w.c AND g.storage_group = w.s
"""

Drop = Callable[[UUID, str, Value], bool]


def rekey(
    pairs: Collection[Pair],
    chosen: Control,
    *,
    without: Collection[str] = (),
    drop: Drop | None = None,
) -> None:
    """Seal these groups under new data keys of the chosen suite, dropping the fields `without` everywhere, and every
    value that `drop` names, by its record and field.

    The caller holds the groups' locks and the epoch. The count of changes stays: nothing of the content that
    remains is altered.

    Raises:
        TamperFound: something in the group is not what was stored; nothing is re-sealed.
    """
    groups, own = load(pairs), chosen.wrappings(pairs)
    keys: dict[Pair, tuple[DataKey, DataKey]] = {}
    made, present, kept, heads = [], [], [], []
    for pair, group in groups.items():
        old = unlock(group)
        new, row = _next_key(group, old, chosen.suite, own.get(pair, chosen.wrapping))
        keys[pair] = (old, new)
        made.append(row)
        for record, (revision, sealed) in group.blobs.items():
            blob = _again(_Blob(*pair, record, revision, sealed), (old, new), without, drop)
            present.append((*pair, record, revision, blob))
        heads.append((*pair, new.sign_head(group.revisions, changes=group.changes)))
    for row in database.execute(_HISTORY, database.arrays(pairs, 2)):
        kept.append((*row[:4], _again(_Blob(*row), keys[row[:2]], without, drop)))  # noqa: PERF401 - reads plainer
    _store(made, present, kept, heads)
    files = [
        (*row[:3], _again(_Blob(*row), keys[row[:2]], ()))
        for row in database.execute(_FILES, database.arrays(pairs, 2))
    ]
    database.execute(_RESEAL_FILES, database.arrays(files, 4))


def _store(made: list[Any], present: list[Any], kept: list[Any], heads: list[Any]) -> None:
    database.execute(_KEYS, database.arrays(made, 6))
    database.execute(_RESEAL.format("vault_sealed_record"), database.arrays(present, 5))
    database.execute(_RESEAL.format("vault_sealed_history"), database.arrays(kept, 5))
    database.execute(_HEADS, database.arrays(heads, 3))


def _next_key(
    group: Loaded, old: DataKey, suite: Suite, wrapping: WrappingKey
) -> tuple[DataKey, tuple[Any, ...]]:
    version = old.version + 1
    key = suite.new_key()
    context = data_key_context(suite=suite, version=version, customer=group.customer_id, group=group.group)
    new = DataKey(suite, key, version=version, customer=group.customer_id, group=group.group)
    return new, (*group.pair, version, suite.id, wrapping.id, wrapping.wrap(key, context))


class _Blob(NamedTuple):
    customer_id: UUID
    group: str
    record_id: UUID
    revision: int
    sealed: bytes


def _again(
    blob: _Blob,
    keys: tuple[DataKey, DataKey],
    without: Collection[str],
    drop: Drop | None = None,
) -> bytes:
    old, new = keys
    try:
        plaintext = old.open(blob.sealed, record=blob.record_id, revision=blob.revision)
    except SealBroken:
        raise TamperFound(blob.customer_id, blob.group, blob.record_id, Tampering.BLOB_ALTERED) from None
    if without or drop:  # of records only: a file key has no fields
        values = {
            name: value
            for name, value in decode(plaintext).items()
            if name not in without and not (drop and drop(blob.record_id, name, value))
        }
        plaintext = encode(values)
    return new.seal(plaintext, record=blob.record_id, revision=blob.revision)
