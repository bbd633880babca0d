"""Many customers at once: their groups read by one scan of each table, and those of one record opened whole.

Whatever is not as it mostly is (several records in a group, a locked one, anything that does not open) is for
`groups`, which tells what is wrong.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from shouxin.core.crypto.errors import KeyMissing, SealBroken, UnknownSuite
from shouxin.core.crypto.whole import Whole
from shouxin.vault import database
from shouxin.vault.groups import Loaded
from shouxin.vault.keyring import keyring

LEAST = 2  # customers; of one, groups are looked up

# Each table is read once for all of them, and what was read put together by hashing: looking every group up in three
# indexes costs twice as much. No planner knows how many customers will be asked for: OFFSET 0 keeps it from looking
# groups up one by one, and a full join from comparing every group with every key.
_READ = """
SELECT uuid_send(g.customer_id), g.storage_group, g.state, g.changes, g.head,
       k.version, k.suite, k.epoch, k.wrapped, uuid_send(r.record_id), r.revision, {sealed}
FROM (SELECT customer_id, storage_group, state, changes, head FROM vault_group
      WHERE customer_id = ANY(%(customers)s::uuid[]) AND storage_group = ANY(%(groups)s::text[]) OFFSET 0) AS g
FULL JOIN (SELECT customer_id, storage_group, version, suite, epoch, wrapped FROM vault_data_key
           WHERE customer_id = ANY(%(customers)s::uuid[]) AND storage_group = ANY(%(groups)s::text[]) OFFSET 0) AS k
       ON k.customer_id = g.customer_id AND k.storage_group = g.storage_group
FULL JOIN (SELECT customer_id, storage_group, record_id, revision, sealed FROM vault_sealed_record
           WHERE customer_id = ANY(%(customers)s::uuid[]) AND storage_group = ANY(%(groups)s::text[]) OFFSET 0) AS r
       ON r.customer_id = g.customer_id AND r.storage_group = g.storage_group
"""
_ALL = _READ.format(sealed="r.sealed")
_OWN = _READ.format(sealed="CASE WHEN r.record_id = g.customer_id THEN r.sealed END")
_SOME = _READ.format(sealed="CASE WHEN r.record_id = ANY(%(records)s::uuid[]) THEN r.sealed END")

Row = tuple[Any, ...]  # as selected above: ids as their sixteen bytes, what is not there as None
Found = dict[str, dict[bytes, list[Row]]]


def read(
    customers: Sequence[UUID], groups: Collection[str], records: Sequence[UUID] | None, *, own: bool
) -> Found:
    """The rows of these groups with all their revisions and the blobs of `records` (None: of all; `own`: of nothing but
    the customers themselves), by group and, within it, by customer."""
    values: dict[str, Any] = {"customers": list(customers), "groups": sorted(groups)}
    text = _ALL if records is None else _OWN
    if records is not None and not own:
        text, values["records"] = _SOME, records
    found: Found = {}
    for row in database.execute(text, values):
        column = found.get(row[1])
        if column is None:
            column = found[row[1]] = {}
        if row[0] in column:
            column[row[0]].append(row)
        else:
            column[row[0]] = [row]
    return found  # what has no group (a key or a blob alone) stands under None, where nobody looks


def loaded(rows: Sequence[Row]) -> Loaded:
    """The rows of one group, for whoever opens it step by step."""
    customer, *about = rows[0][:9]
    group = Loaded(UUID(bytes=customer), *about)
    for row in rows:
        identity, revision, sealed = row[9:]
        if identity is not None:
            record = UUID(bytes=identity)
            group.revisions.append((record, revision))
            if sealed is not None:
                group.blobs[record] = (revision, sealed)
    return group


class Openings:
    """Opens groups of one record for one piece of work; the key provider is asked as often as ever."""

    def __init__(self) -> None:
        self._whole: dict[tuple[Any, ...], Whole | None] = {}
        self._held: object = None

    def ask(self) -> None:
        """To be called for each customer: keys that the keyring has dropped meanwhile are dropped here."""
        held = keyring.fresh()
        if held is not self._held:
            self._whole, self._held = {}, held

    def open(self, row: Row) -> bytes | None:
        """What is inside the one record of a group; None where it takes a closer look.

        Raises:
            KeyServiceUnavailable: the key provider does not answer.
        """
        customer, group, _state, changes, head, version, suite, epoch, wrapped, record, revision, sealed = row
        if sealed is None or wrapped is None or head is None:
            return None
        about = (group, version, suite, epoch)
        try:
            whole = self._whole[about]
        except KeyError:
            whole = self._whole[about] = _whole(group, version, suite, epoch)
        if whole is None:
            return None
        return whole.open(customer, wrapped, head, changes, record, revision, sealed)


def whole(shape: tuple[Any, ...]) -> Whole | None:
    """What opens groups of this shape, kept for the next; None where no key is there.

    Raises:
        KeyServiceUnavailable: the key provider does not answer.
    """
    if None in shape:
        return None
    try:
        return keyring.keep_whole(shape)
    except (SealBroken, KeyMissing, UnknownSuite, ValueError):
        return None


def _whole(group: str, version: int | None, suite: int | None, epoch: int | None) -> Whole | None:
    if version is None or suite is None or epoch is None:
        return None
    try:
        return keyring.whole(group=group, version=version, suite=suite, epoch=epoch)
    except (SealBroken, KeyMissing, UnknownSuite, ValueError):
        return None
