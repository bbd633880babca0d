"""Entries as rows: read in bulk, added one by one or many at once, faster than through Django's cursor."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection

from shouxin.core.ledger.entry import Entry, encode
from shouxin.kit import cells, statements

_COLUMNS = ("id", "at", "event", "actor", "customer", "purpose", "body")
_START = cells.start(len(_COLUMNS))


def fetch(query: str, values: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of `query`, on the connection and in the transaction Django is in."""
    connection.ensure_connection()
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, values, binary=True).fetchall()


def insert(entries: Sequence[Entry]) -> None:
    """Add `entries` in one statement: all or none, whether a transaction is open or not."""
    if len(entries) == 1:
        one = entries[0]
        row = (one.id, one.at, one.event, one.actor, one.customer, one.purpose, encode(one))
        statements.insert("journal_entry", _COLUMNS, row)
    elif entries:
        statements.copy("journal_entry", _COLUMNS, map(_encoded, entries))


def _encoded(entry: Entry) -> bytes:
    return b"".join(
        (
            _START,
            cells.uuid(entry.id),
            cells.moment(entry.at),
            cells.text(entry.event),
            cells.uuid(entry.actor),
            cells.uuid(entry.customer),
            cells.text(entry.purpose),
            cells.raw(encode(entry)),
        )
    )
