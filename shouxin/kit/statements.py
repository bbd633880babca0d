"""Statements on the hot path: psycopg on Django's own connection, binary and prepared, without the ORM.

Everything runs on the `default` connection and inside its transaction, if there is one.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import lru_cache
from typing import Any, cast

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg import sql

from shouxin.kit import direct, early

CHUNK = 64 * 1024  # bytes of a COPY sent at once: the server stores them while the next are made

# What stands before and after the rows of a binary COPY (PostgreSQL: "Binary Format").
_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


def execute(statement: str, parameters: Sequence[Any] | Mapping[str, Any] = ()) -> list[tuple[Any, ...]]:
    """All rows of one statement; an empty list when it gives none."""
    raw, errors = _here()
    with errors:
        if direct.is_open_to(raw):
            try:
                return direct.rows(raw, statement, parameters)
            except direct.NotHere:
                """A rare type."""
        cursor = psycopg.Cursor(raw)
        cursor.execute(statement, direct.plain(parameters), prepare=True, binary=True)
        result = cursor.pgresult
        return cursor.fetchall() if result is not None and result.nfields else []


def execute_early(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """As `execute`, perhaps before it is committed: to be followed by `settle`, before anything of it is made known."""
    raw, errors = _here()
    with errors:
        if direct.stands_alone(raw):
            try:
                return early.rows(raw, statement, parameters)
            except direct.NotHere:
                """A rare type."""
    return execute(statement, parameters)


def settle() -> None:
    """Wait for the commit of what was asked early on this thread's connection, if anything was.

    Raises:
        django.db.Error: it was not committed.
    """
    _here()


def insert(table: str, columns: tuple[str, ...], row: Sequence[Any]) -> None:
    """Add one row."""
    execute(_insertion(table, columns), row)


def copy(table: str, columns: tuple[str, ...], rows: Iterable[bytes]) -> None:
    """Add rows that stand encoded already (kit.cells); they are taken as they come, while the server stores others."""
    raw, errors = _here()
    with errors, psycopg.Cursor(raw) as cursor, cursor.copy(_copying(table, columns)) as copying:
        waiting, length = [_HEADER], 0
        for row in rows:
            waiting.append(row)
            length += len(row)
            if length >= CHUNK:
                copying.write(b"".join(waiting))
                waiting, length = [], 0
        copying.write(b"".join([*waiting, _TRAILER]))


def _here() -> tuple[psycopg.Connection[Any], AbstractContextManager[None]]:
    known = connections[DEFAULT_DB_ALIAS]
    if known.connection is None:
        known.ensure_connection()  # asked for each time, it costs more than all the rest here
    raw, errors = cast("psycopg.Connection[Any]", known.connection), known.wrap_database_errors
    with errors:
        early.settle(raw)
    return raw, errors


@lru_cache(maxsize=64)
def _insertion(table: str, columns: tuple[str, ...]) -> str:
    """The text of the statement, put together once: psycopg knows what it has prepared by its text."""
    return (
        sql.SQL("INSERT INTO {} ({}) VALUES ({})")
        .format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, columns)),
            sql.SQL(", ").join([sql.SQL("%b")] * len(columns)),
        )
        .as_string()
    )


@lru_cache(maxsize=64)
def _copying(table: str, columns: tuple[str, ...]) -> str:
    return (
        sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)")
        .format(sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns)))
        .as_string()
    )
