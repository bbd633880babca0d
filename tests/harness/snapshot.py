"""What most tests stand on, built once per worker and day, copied into the database of each test that asks for it.

Building a register takes the product a second, copying its rows some milliseconds. The copy gives what the
build gave, byte for byte: the rows of all tables, the place of each sequence, the root key. Its days are those of the
day it was built on: a run that goes on past midnight builds it again (`tests.harness.days`).
"""

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Generic, TypeVar

import psycopg
from django.db import connection
from psycopg import sql

from tests.harness import database

T = TypeVar("T")


class Snapshot(Generic[T]):
    """What `build` made, and its rows, kept beside the tables of this worker's database in a schema of their own."""

    def __init__(
        self, superuser: psycopg.Connection, application: str, schema: str, build: Callable[[], T]
    ) -> None:
        self._application, self._schema, self._build = application, schema, build
        self._make(superuser)

    def _make(self, superuser: psycopg.Connection) -> None:
        from shouxin.kit import clock
        from shouxin.vault.keyring import keyring, root_key_path

        keyring.drop()
        self.day, self.built = clock.today(), self._build()
        self._key_file: Path = root_key_path()
        self._key = self._key_file.read_bytes() if self._key_file.exists() else None
        _keep(superuser, self._application, self._schema)
        database.empty(superuser)

    def is_of_today(self) -> bool:
        from shouxin.kit import clock

        return self.day == clock.today()

    def renew(self, superuser: psycopg.Connection) -> None:
        """Build it again, between two tests, where the database is empty then."""
        if fits():
            superuser.execute(sql.SQL("DROP SCHEMA {} CASCADE").format(sql.Identifier(self._schema)))
            self._make(superuser)

    def restore(self) -> T:
        """Put the rows into the empty database of this test, within its transaction where it has one."""
        from shouxin.vault.keyring import keyring

        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("SELECT {}.restore()").format(sql.Identifier(self._schema)))
        if self._key is not None and not self._key_stands():
            self._key_file.touch(mode=0o600)
            self._key_file.write_bytes(self._key)
            keyring.drop()
        return copy.deepcopy(self.built)

    def _key_stands(self) -> bool:
        return self._key_file.exists() and self._key_file.read_bytes() == self._key


def fits() -> bool:
    """Whether it can be copied here: nobody stands in the database yet, and the clock is the real one."""
    from shouxin.kit import clock
    from shouxin.people.models import Department

    real = abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)
    return real and not Department.objects.exists()


def _keep(superuser: psycopg.Connection, application: str, into: str) -> None:
    """Copy the rows that stand now, and write the function that puts them back past guards and triggers."""
    lines: list[str] = []
    superuser.execute(f"CREATE SCHEMA {into}")
    reference = set(database.tables(superuser, database.REFERENCE))
    for name in database.tables(superuser):
        original, kept = sql.Identifier("public", name), sql.Identifier(into, name)
        if not superuser.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(original)).fetchone():
            continue
        if name in reference:
            if _same(superuser, name):
                continue
            lines.append(sql.SQL("DELETE FROM {};").format(original).as_string(superuser))
        superuser.execute(sql.SQL("CREATE TABLE {} AS TABLE {}").format(kept, original))
        superuser.execute(sql.SQL("ANALYZE {}").format(kept))
        copied = sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {};").format(original, kept)
        lines.append(copied.as_string(superuser))
    found = superuser.execute(
        "SELECT schemaname, sequencename, last_value FROM pg_sequences WHERE last_value IS NOT NULL"
    )
    for schema, name, value in found.fetchall():
        place = sql.Identifier(schema, name).as_string(superuser)
        lines.append(f"PERFORM setval('{place}', {value});")
    body = "\n".join(lines)
    superuser.execute(
        f"CREATE FUNCTION {into}.restore() RETURNS void LANGUAGE plpgsql SECURITY DEFINER "
        f"SET session_replication_role = replica AS $body$ BEGIN\n{body}\nEND $body$"
    )
    superuser.execute(
        sql.SQL("GRANT USAGE ON SCHEMA {} TO {}").format(sql.Identifier(into), sql.Identifier(application))
    )


def _same(superuser: psycopg.Connection, name: str) -> bool:
    mine, theirs = sql.Identifier("public", name), sql.Identifier(database.REFERENCE, name)
    question = sql.SQL(
        "SELECT 1 FROM (TABLE {0} EXCEPT ALL TABLE {1} UNION ALL (TABLE {1} EXCEPT ALL TABLE {0})) d LIMIT 1"
    )
    return superuser.execute(question.format(mine, theirs)).fetchone() is None
