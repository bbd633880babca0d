"""Entries as rows: read in bulk, added one by one or many at once, faster than through Django's cursor."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from shouxin.core.ledger import entry as ledger
from shouxin.core.ledger.entry import Entry, encode
from shouxin.kit import cells, statements

_COLUMNS = ("id", "at", "event", "actor", "customer", "purpose", "body")
_BESIDE = """recorded AS (
    INSERT INTO journal_entry (id, at, event, actor, customer, purpose, body)
    SELECT %b::uuid, %b::timestamptz, %b::text, %b::uuid, %b::uuid, %b::text, %b::bytea
    WHERE set_config('synchronous_commit', 'off', true) = 'off'
)"""
# By name, for a statement that asks by name; it gives a row where it adds one.
_RECORDED = """recorded AS (
    INSERT INTO journal_entry (id, at, event, actor, customer, purpose, body)
    SELECT %(entry_id)s::uuid, %(entry_at)s::timestamptz, %(entry_event)s::text, %(entry_actor)s::uuid,
           %(entry_customer)s::uuid, %(entry_purpose)s::text, %(entry_body)s::bytea
    FROM known WHERE known.print = ANY(%(entry_prints)s::bytea[]) RETURNING id
)"""
# Many that tell the same of one customer each: one prepared statement, where a COPY is three exchanges and is never
# prepared.
_ALIKE = """
INSERT INTO journal_entry (id, at, event, actor, customer, purpose, body)
SELECT one.id, %b::timestamptz, %b::text, %b::uuid, one.customer, %b::text, one.body
FROM unnest(%b::uuid[], %b::uuid[], %b::bytea[]) AS one(id, customer, body)
"""
_START = cells.start(len(_COLUMNS))


def fetch(query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of `query`, on the connection and in the transaction Django is in."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, values, binary=True).fetchall()


@dataclass(frozen=True, slots=True)
class Beside:
    """An entry that the statement adds which reads what it is about: both happen, or neither.

    `text` and `values` stand first in that statement: WITH text SELECT …
    """

    text: str
    values: Sequence[Any]


def beside(entry: Entry) -> Beside:
    """What adds `entry`; the statement does not wait for the disk."""
    return Beside(_BESIDE, _values(entry))


class Repeated:
    """Entries of one kind about one customer each, added by the statement that reads the customer, which waits for
    the disk, if what it comes to know first (`known.print`) is among what the entry rests on: else none is added."""

    __slots__ = ("_actor", "_encode", "_encode_many", "_event", "_purpose")

    def __init__(self, *, event: str, actor: UUID, purpose: str | None, data: Mapping[str, Any]) -> None:
        self._event, self._actor, self._purpose = event, actor, purpose
        like = ledger.Repeated(event=event, actor=actor, purpose=purpose, data=data)
        self._encode, self._encode_many = like.encode, like.encode_many

    def many(self, identities: Sequence[UUID], at: datetime, customers: Sequence[UUID]) -> Sequence[Any]:
        """The parameters of many of these entries, each about one customer."""
        bodies = self._encode_many(identities, at, customers)
        return at, self._event, self._actor, self._purpose, list(identities), list(customers), bodies

    def alike(self, prints: Sequence[bytes]) -> dict[str, Any]:
        """Those named parameters of `recorded` that are the same for all of them."""
        return {
            "entry_event": self._event,
            "entry_actor": self._actor,
            "entry_purpose": self._purpose,
            "entry_prints": prints,
        }

    def values(self, *, identity: UUID, at: datetime, customer: UUID) -> dict[str, Any]:
        """The other ones."""
        return {
            "entry_id": identity,
            "entry_at": at,
            "entry_customer": customer,
            "entry_body": self._encode(identity, at, customer),
        }


def recorded() -> str:
    """What adds such an entry, within a WITH that knows `known`."""
    return _RECORDED


def insert(entries: Sequence[Entry]) -> None:
    """Add `entries` in one statement: all or none, whether a transaction is open or not."""
    if len(entries) == 1:
        statements.insert("journal_entry", _COLUMNS, _values(entries[0]))
    elif entries:
        statements.copy("journal_entry", _COLUMNS, _all_encoded(entries))


def insert_alike(like: Repeated, identities: Sequence[UUID], at: datetime, customers: Sequence[UUID]) -> None:
    """Add entries that differ in id and customer alone, in one statement: all or none."""
    statements.execute(_ALIKE, like.many(identities, at, customers))


def _values(one: Entry) -> Sequence[Any]:
    return one.id, one.at, one.event, one.actor, one.customer, one.purpose, encode(one)


def _all_encoded(entries: Sequence[Entry]) -> Iterator[bytes]:
    """Those of a batch mostly tell the same of one customer each."""
    like, repeated = entries[0], None
    for number, entry in enumerate(entries):
        # Compared as written: 1 and True are equal, and are told differently.
        alike = entry.data is like.data or repr(entry.data) == repr(like.data)
        same = number and entry.customer and alike and entry.event == like.event
        if same and entry.actor == like.actor and entry.purpose == like.purpose:
            repeated = repeated or ledger.Repeated(
                event=like.event, actor=like.actor, purpose=like.purpose, data=like.data
            )
            yield _encoded(entry, repeated.encode(entry.id, entry.at, entry.customer or entry.id))
        else:
            like, repeated = entry, None
            yield _encoded(entry, encode(entry))


def _encoded(entry: Entry, body: bytes) -> bytes:
    return b"".join(
        (
            _START,
            cells.uuid(entry.id),
            cells.moment(entry.at),
            cells.text(entry.event),
            cells.uuid(entry.actor),
            cells.uuid(entry.customer),
            cells.text(entry.purpose),
            cells.raw(body),
        )
    )
