"""Every statement that is sent, by Django or without it; those of a test's own transaction are left out."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from shouxin.kit import direct


@contextmanager
def asked() -> Iterator[list[str]]:
    """What is asked of the database inside, in order."""
    seen: list[str] = []

    def note(query: Any) -> None:
        if "SAVEPOINT" not in str(query):
            seen.append(str(query))

    execute, copy, rows = psycopg.Cursor.execute, psycopg.Cursor.copy, direct.rows

    def remember(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        note(query)
        return execute(self, query, *given, **named)

    def remember_copy(self: Any, query: Any, *given: Any, **named: Any) -> Any:
        note(query)
        return copy(self, query, *given, **named)

    def remember_rows(connection: Any, statement: str, given: Any) -> Any:
        found = rows(connection, statement, given)  # what it leaves to psycopg is told there
        note(statement)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(psycopg.Cursor, "execute", remember)
        patch.setattr(psycopg.Cursor, "copy", remember_copy)
        patch.setattr(direct, "rows", remember_rows)
        yield seen
