"""The database of a test run: one cluster, one migrated template, one copy of it per worker."""

import fcntl
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Client, Listener
from pathlib import Path

import psycopg
from psycopg import sql

from shouxin.operations.server import credentials
from shouxin.operations.server.postgres import FAST_AND_FORGETFUL, Cluster, create_database
from tests.harness import cache

Credentials = credentials.Credentials  # for the tests of lower rooms, which do not import operations
TEMPLATE = "shouxin_template"
REFERENCE = "reference"  # schema with a copy of the rows that migrations bring, put back after a flush
KEPT = {"django_migrations"}


class ClusterKeeper:
    """Starts the cluster for the first test that needs it, ends it with the run; in the controlling process."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._lock = threading.Lock()
        self._cluster: Cluster | None = None
        self._known: credentials.Credentials | None = None

    def obtain(self) -> credentials.Credentials:
        with self._lock:
            if self._known is None:
                cache.take(self._run)
                with (self._run / "postgres.log").open("ab") as log:
                    self._cluster = Cluster(self._run, settings=FAST_AND_FORGETFUL)
                    self._known = self._cluster.start(log)
            return self._known

    def listen(self) -> None:
        """Answer the workers of a parallel run. The thread, and with it the cluster, lasts as long as the process."""
        listener = Listener(str(self._run / "keeper"), family="AF_UNIX")

        def answer() -> None:
            while True:
                with listener.accept() as connection:
                    connection.send_bytes(json.dumps(self.obtain().as_json()).encode())

        threading.Thread(target=answer, daemon=True, name="cluster keeper").start()

    def stop(self) -> None:
        if self._cluster is None or self._known is None:
            return
        wanted = cache.wanted(self._run)
        if wanted:
            _drop_copies(self._known)
        self._cluster.stop()
        if wanted:
            cache.keep(self._run)


def _drop_copies(known: credentials.Credentials) -> None:
    """Leave nothing but the template: what the workers wrote is not for a later run."""
    with superuser(known, "postgres") as connection:
        names = connection.execute(
            "SELECT datname FROM pg_database WHERE datname LIKE 'shouxin\\_%'"
        ).fetchall()
        for (name,) in names:
            if name != TEMPLATE:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def ask_keeper(run: Path) -> credentials.Credentials:
    """The worker's side of `ClusterKeeper.listen`."""
    with Client(str(run / "keeper"), family="AF_UNIX") as connection:
        return credentials.parse(json.loads(connection.recv_bytes()))


@contextmanager
def _alone(run: Path) -> Iterator[None]:
    with (run / "template.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def superuser(known: credentials.Credentials, database: str) -> psycopg.Connection:
    return psycopg.connect(known.conninfo("superuser", database), autocommit=True)


def point_django_at(known: credentials.Credentials, name: str) -> None:
    """`default` is the application role, `owner` the owner role, both in database `name`."""
    from django.db import connections

    for alias, role in (("default", known.application), ("owner", known.owner)):
        connections[alias].close()
        connections[alias].settings_dict.update(
            NAME=name, HOST=known.host, PORT=known.port, USER=role.user, PASSWORD=role.password
        )
        connections[alias].settings_dict["OPTIONS"].pop("pool", None)


def worker_database(known: credentials.Credentials, run: Path) -> str:
    """A fresh copy of the migrated template for this worker; the first caller makes the template."""
    name = f"shouxin_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    with _alone(run), superuser(known, "postgres") as connection:
        if not (run / "template.ready").exists():
            create_database(connection, known, TEMPLATE)
            _migrate(known)
            (run / "template.ready").touch()
        create_database(connection, known, name, TEMPLATE)
    return name


def _migrate(known: credentials.Credentials) -> None:
    from django.db import connections

    from shouxin.kit.database import grant_application_rights
    from shouxin.operations.server import migrating

    point_django_at(known, TEMPLATE)
    migrating.migrate()
    grant_application_rights(application_role=known.application.user)
    connections.close_all()
    with superuser(known, TEMPLATE) as connection:
        connection.execute(f"CREATE SCHEMA {REFERENCE}")
        for table in tables(connection):
            original = sql.Identifier("public", table)
            if connection.execute(sql.SQL("SELECT 1 FROM {} LIMIT 1").format(original)).fetchone():
                connection.execute(
                    sql.SQL("CREATE TABLE {} AS TABLE {}").format(sql.Identifier(REFERENCE, table), original)
                )


def tables(connection: psycopg.Connection, schema: str = "public") -> list[str]:
    rows = connection.execute(
        "SELECT relname FROM pg_class WHERE relnamespace = %s::regnamespace AND relkind = 'r' ORDER BY 1",
        [schema],
    )
    return [name for (name,) in rows if name not in KEPT]


def empty(connection: psycopg.Connection) -> None:
    """Leave the database as the migrations left it; as the superuser, past the guards that hold all others."""
    reference = set(tables(connection, REFERENCE))
    with connection.transaction():
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("SET LOCAL lock_timeout = '20s'")
        filled = sql.SQL(" UNION ALL ").join(
            sql.SQL("(SELECT {} FROM {} LIMIT 1)").format(sql.Literal(name), sql.Identifier("public", name))
            for name in tables(connection)
            if name not in reference
        )
        used = [name for (name,) in connection.execute(filled)]
        for name in reference:
            connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("public", name)))
            connection.execute(
                sql.SQL("INSERT INTO {} OVERRIDING SYSTEM VALUE TABLE {}").format(
                    sql.Identifier("public", name), sql.Identifier(REFERENCE, name)
                )
            )
        if used:
            names = sql.SQL(", ").join(sql.Identifier("public", name) for name in used)
            # CASCADE would take reference rows with it; without it the keys pointing here forbid TRUNCATE.
            if _pointed_at(connection, used):
                for name in used:
                    connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier("public", name)))
            else:
                connection.execute(sql.SQL("TRUNCATE {} RESTART IDENTITY").format(names))


def _pointed_at(connection: psycopg.Connection, used: list[str]) -> bool:
    """Whether a table outside `used` has a foreign key into it."""
    found = connection.execute(
        """SELECT 1 FROM pg_constraint c
           JOIN pg_class t ON t.oid = c.confrelid JOIN pg_class s ON s.oid = c.conrelid
           WHERE c.contype = 'f' AND t.relname = ANY(%s) AND NOT s.relname = ANY(%s) LIMIT 1""",
        [used, used],
    )
    return found.fetchone() is not None
