"""The same queries on a plain table of PostgreSQL: metadata in columns of each record, an audit row an operation."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import uuid4

import psycopg
from psycopg import sql

from benchmarks.gdprbench.operations import LOGS, LOT, PAGE, Model, Operation

TABLES = """
CREATE TABLE gdprbench_record (
    usr int, field text COLLATE "C", data text, pur int, ttl int, consents bool, objects bool, restricts bool,
    shared bool, shr text, wide bool, PRIMARY KEY (usr, field));
CREATE INDEX ON gdprbench_record (pur, usr, field);
CREATE INDEX ON gdprbench_record (ttl, usr, field);
CREATE INDEX ON gdprbench_record (shr);
CREATE TABLE gdprbench_log (
    id uuid PRIMARY KEY, at timestamptz DEFAULT now(), event text, usr int, field text COLLATE "C", actor uuid);
CREATE INDEX ON gdprbench_log (usr, event, at);
"""
LOGGED = (
    "WITH logged AS (INSERT INTO gdprbench_log (id, event, usr, field, actor)"
    " VALUES (%(id)s, %(event)s, %(user)s, %(field)s, %(actor)s))"
)
DELETED = """
WITH doomed AS (DELETE FROM gdprbench_record WHERE (usr, field) IN
    (SELECT usr, field FROM gdprbench_record WHERE {where} ORDER BY usr, field LIMIT %(most)s FOR UPDATE)
    RETURNING usr, field)
INSERT INTO gdprbench_log (id, event, usr, field, actor)
SELECT gen_random_uuid(), 'deleted', usr, field, %(actor)s FROM doomed
"""
READ_PAGE = """
SELECT usr, field, data FROM gdprbench_record
WHERE usr >= %(user)s AND field = %(field)s AND {where} ORDER BY usr LIMIT %(most)s
"""
UPDATES = {
    "update-data-by-key": ("updated", "data = %(text)s WHERE usr = %(user)s AND field = %(field)s"),
    "update-metadata-by-usr": ("moved", "shared = %(on)s WHERE usr = %(user)s"),
    "update-metadata-by-pur": ("terms", "wide = %(on)s WHERE pur = %(purpose)s"),
    "update-metadata-by-shr": ("terms", "shr = %(text)s WHERE shr = %(field)s"),
}
DOOMED = {
    "delete-record-by-key": "usr = %(user)s AND field = %(field)s",
    "delete-record-by-usr": "usr = %(user)s",
    "delete-record-by-pur": "pur = %(purpose)s",
    "delete-record-by-ttl": "ttl <= 0",
}
READS = {
    "read-data-by-key": "usr = %(user)s AND field = %(field)s AND consents",
    "read-data-by-usr": "usr = %(user)s",
}
PAGES = {
    "read-data-by-pur": "pur = %(purpose)s AND consents",
    "read-data-by-obj": "NOT objects",
    "read-data-by-dec": "NOT restricts",
}


class Plain:
    """A connection of its own; every operation one durable transaction, most of them one statement."""

    def __init__(self, connection: psycopg.Connection[Any], kept: str = "") -> None:
        """`kept` is TEMPORARY where the tables are to go with the connection."""
        self.connection, self._kept, self._actor = connection, kept, uuid4()

    def load(self, model: Model) -> None:
        self.connection.execute(TABLES.replace("CREATE TABLE", f"CREATE {self._kept} TABLE"))
        with (
            self.connection.transaction(),
            self.connection.cursor().copy("COPY gdprbench_record FROM STDIN") as copy,
        ):
            for number, user in enumerate(model.users):
                recipient = model.purposes[user.purpose].recipient
                for name, text in user.texts.items():
                    row = (number, name, text, user.purpose, int(number >= model.expired))
                    copy.write_row((*row, True, False, False, False, recipient, False))
        with (
            self.connection.transaction(),
            self.connection.cursor().copy(
                "COPY gdprbench_log (id, event, usr, field, actor) FROM STDIN"
            ) as copy,
        ):
            for number in range(len(model.users)):
                copy.write_row((uuid4(), "consent", number, "", self._actor))
        self.connection.execute("VACUUM ANALYZE gdprbench_record, gdprbench_log")

    @property
    def space(self) -> int:
        found = self.connection.execute(
            "SELECT pg_total_relation_size('gdprbench_record') + pg_total_relation_size('gdprbench_log')"
        ).fetchone()
        return int(found[0]) if found else 0

    def rest(self) -> None:
        """Nobody is ever paused here."""

    def do(self, one: Operation) -> Any:
        given = {
            "id": uuid4(), "actor": self._actor, "event": one.kind, "user": one.user, "field": one.field,
            "purpose": one.purpose, "text": one.text, "on": one.on, "most": PAGE,
        }  # fmt: skip
        if one.kind in READS:
            where = READS[one.kind]
            return _data(
                self._all(f"{LOGGED} SELECT usr, field, data FROM gdprbench_record WHERE {where}", given)
            )
        if one.kind in PAGES:
            return _data(self._all(LOGGED + READ_PAGE.format(where=PAGES[one.kind]), given))
        if one.kind in DOOMED:
            given["most"] = LOT if one.kind.endswith(("pur", "ttl")) else 1000
            return self._run(DELETED.format(where=DOOMED[one.kind]), given).rowcount
        if one.kind in UPDATES:
            event, change = UPDATES[one.kind]
            self._run(f"{LOGGED} UPDATE gdprbench_record SET {change}", given | {"event": event})
            return None
        return getattr(self, "_" + one.kind.replace("-", "_"))(one, given)

    def _create_record(self, _one: Operation, given: dict[str, Any]) -> None:
        self._run(
            f"{LOGGED} INSERT INTO gdprbench_record SELECT %(user)s, %(field)s, %(text)s, %(purpose)s, 1,"
            " true, false, false, false,"
            " coalesce((SELECT shr FROM gdprbench_record WHERE pur = %(purpose)s LIMIT 1), ''),"
            " coalesce((SELECT wide FROM gdprbench_record WHERE pur = %(purpose)s LIMIT 1), false)",
            given | {"event": "consent"},
        )

    def _update_metadata_by_key(self, one: Operation, given: dict[str, Any]) -> None:
        event = "consent" if one.field == "consents" else "objection"
        change = sql.SQL(LOGGED + " UPDATE gdprbench_record SET {} = %(on)s WHERE usr = %(user)s")
        self._run(change.format(sql.Identifier(one.field)), given | {"event": event})

    def _read_metadata_by_key(self, _one: Operation, given: dict[str, Any]) -> Any:
        rows = self._all(
            f"{LOGGED} SELECT field, consents, objects, restricts FROM gdprbench_record"
            " WHERE usr = %(user)s AND field = %(field)s",
            given,
        )
        return rows[0] if rows else None

    def _read_metadata_by_usr(self, _one: Operation, given: dict[str, Any]) -> Any:
        rows = self._all(
            f"{LOGGED} SELECT field, consents, objects, restricts, shared, shr, wide FROM gdprbench_record"
            " WHERE usr = %(user)s ORDER BY field",
            given,
        )
        return (*(row[0] for row in rows), *rows[0][1:]) if rows else None

    def _get_system_logs(self, _one: Operation, given: dict[str, Any]) -> int:
        return len(
            self._all(
                f"{LOGGED} SELECT at, event, actor, field FROM gdprbench_log WHERE usr = %(user)s"
                " AND event = %(field)s ORDER BY at DESC LIMIT %(most)s",
                given | {"event": "log.read", "most": LOGS},
            )
        )

    def _verify_deletion(self, _one: Operation, given: dict[str, Any]) -> bool:
        rows = self._all(
            f"{LOGGED} SELECT NOT EXISTS (SELECT FROM gdprbench_record WHERE usr = %(user)s AND field = %(field)s)"
            " AND EXISTS (SELECT FROM gdprbench_log WHERE usr = %(user)s AND event = 'deleted'"
            " AND field = %(field)s)",
            given | {"event": "log.read"},
        )
        return bool(rows[0][0])

    def _run(self, statement: Any, given: dict[str, Any]) -> psycopg.Cursor[Any]:
        return self.connection.execute(statement, given, prepare=True)

    def _all(self, statement: str, given: dict[str, Any]) -> Sequence[tuple[Any, ...]]:
        return self._run(statement, given).fetchall()


def _data(rows: Iterable[tuple[int, str, str]]) -> dict[tuple[int, str], str]:
    return {(user, name): text for user, name, text in rows}
