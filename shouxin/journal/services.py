"""Writing the journal: one INSERT in the caller's transaction. What cannot be recorded does not happen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import connection, transaction

from shouxin.core.ledger.entry import JSON, Entry, encode
from shouxin.core.policy import Actor
from shouxin.journal.events import events
from shouxin.kit import clock, ids

_INSERT = "INSERT INTO journal_entry (id, at, event, actor, customer, purpose, body) VALUES "
_ROW = "(%s, %s, %s, %s, %s, %s, %s)"
_ROWS_A_STATEMENT = 5_000  # 7 values each, below PostgreSQL's 65,535 parameters


class UnknownEvent(LookupError):
    """The event is registered by no room; a programming error."""


def append(
    *,
    actor: Actor,
    event: str,
    customer: UUID | None = None,
    purpose: str | None = None,
    data: Mapping[str, JSON] | None = None,
) -> UUID:
    """Record that `actor` did `event`, in the transaction of the deed itself, and give the entry's id.

    Whatever goes wrong here also undoes the deed, even if the caller swallows the exception.

    Raises:
        RuntimeError: not inside `transaction.atomic()`.
        UnknownEvent: nobody registered `event`.
        shouxin.core.ledger.errors.EntryError: `data` holds something that is not a code.
    """
    return _append(actor, event, [(customer, data or {})], purpose)[0]


def append_many(
    *,
    actor: Actor,
    event: str,
    rows: Sequence[tuple[UUID | None, Mapping[str, JSON]]],
    purpose: str | None = None,
) -> list[UUID]:
    """Record one `event` per (customer, data), in order, in one statement; as `append` otherwise."""
    return _append(actor, event, rows, purpose)


def _append(
    actor: Actor, event: str, rows: Sequence[tuple[UUID | None, Mapping[str, JSON]]], purpose: str | None
) -> list[UUID]:
    if not connection.in_atomic_block:
        raise RuntimeError("the journal is written inside the transaction of what it records")
    try:
        _check_known(event)
        at = clock.now()
        entries = [
            Entry(ids.new(), at, event, actor.pseudonym, customer, purpose, data) for customer, data in rows
        ]
        for start in range(0, len(entries), _ROWS_A_STATEMENT):
            _insert(entries[start : start + _ROWS_A_STATEMENT])
    except BaseException:
        transaction.set_rollback(True)
        raise
    return [entry.id for entry in entries]


def _check_known(event: str) -> None:
    if event not in events:
        raise UnknownEvent(event)


def _insert(entries: Sequence[Entry]) -> None:
    values: list[UUID | datetime | str | bytes | None] = []
    for entry in entries:
        values += (entry.id, entry.at, entry.event, entry.actor, entry.customer, entry.purpose, encode(entry))
    with connection.cursor() as cursor:
        cursor.execute(_INSERT + ",".join([_ROW] * len(entries)), values)
