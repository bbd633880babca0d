"""The vault's statements; all of them run on the `default` connection and inside its transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from django.db import connection
from psycopg import sql

from shouxin.kit.statements import execute

__all__ = ["EPOCH_LOCK", "ROOT_LOCK", "ROTATION_LOCK", "arrays", "execute", "insert"]

COPY_FROM = 256  # rows; below it one INSERT from arrays costs less than a COPY

# Transactions that make data keys hold this lock shared; whoever changes which epoch is current holds it alone,
# so no data key can appear under an epoch after it stopped being current. "SHXNKEYS" as a number.
EPOCH_LOCK = 0x53_48_58_4E_4B_45_59_53

# The same for root keys: held shared by whoever stores a key wrapped under one (the database's trigger sees to it),
# alone by whoever changes which is in use or counts what is left under an old one. "SHXNROOT".
ROOT_LOCK = 0x53_48_58_4E_52_4F_4F_54
# Held by the one process that rotates the root key, while it does. "SHXNROTA".
ROTATION_LOCK = 0x53_48_58_4E_52_4F_54_41


def insert(table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    """Add `rows` to `table` in one statement; `columns` gives each column's PostgreSQL type."""
    if not rows:
        return
    if len(rows) >= COPY_FROM:
        _copy(table, columns, rows)
        return
    names, sources = ", ".join(columns), ", ".join(f"%b::{kind}[]" for kind in columns.values())
    execute(
        f"INSERT INTO {table} ({names}) SELECT * FROM unnest({sources})",  # noqa: S608 - names from this package
        arrays(rows, len(columns)),
    )


def arrays(rows: Iterable[tuple[Any, ...]], width: int) -> list[list[Any]]:
    """Rows turned into one list per column."""
    return [list(column) for column in zip(*rows, strict=True)] or [[] for _ in range(width)]


def _copy(table: str, columns: Mapping[str, str], rows: Sequence[tuple[Any, ...]]) -> None:
    connection.ensure_connection()
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with (
        connection.wrap_database_errors,
        psycopg.Cursor(connection.connection) as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types(list(columns.values()))
        for row in rows:
            copy.write_row(row)
