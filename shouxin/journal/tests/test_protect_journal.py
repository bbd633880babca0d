"""The application role can read the journal and add to it; it can do nothing else to it."""

import psycopg
import pytest
from psycopg import sql

from shouxin.core.policy import Actor
from shouxin.journal.tests.test_seal_entries import append_one

pytestmark = pytest.mark.django_db(transaction=True)
TABLES = ("journal_entry", "journal_leaf", "journal_tile", "journal_checkpoint")
DEEDS = (
    "UPDATE {} SET {} = NULL",
    "DELETE FROM {}",
    "TRUNCATE {}",
    "DROP TABLE {}",
    "ALTER TABLE {} DISABLE TRIGGER ALL",
    "ALTER TABLE {} DROP COLUMN {}",
    "LOCK TABLE {} IN ACCESS EXCLUSIVE MODE",
)
COLUMN = dict(zip(TABLES, ("body", "leaf_hash", "hashes", "note"), strict=True))


def in_a_transaction(connection: psycopg.Connection, deed: sql.Composed) -> None:
    with connection.transaction():
        connection.execute(deed)


@pytest.mark.clause("A14.2")
@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("deed", DEEDS)
def test_the_application_cannot_touch_what_was_written(
    table: str, deed: str, application: psycopg.Connection, actor: Actor
) -> None:
    append_one(actor)
    names = [sql.Identifier(table), sql.Identifier(COLUMN[table])][: deed.count("{}")]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        in_a_transaction(application, sql.SQL(deed).format(*names))


def test_the_application_cannot_choose_a_transaction(application: psycopg.Connection, actor: Actor) -> None:
    """ON CONFLICT DO UPDATE is an UPDATE too."""
    append_one(actor)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        application.execute(
            "INSERT INTO journal_entry (id, at, event, actor, body) SELECT id, at, event, actor, body"
            " FROM journal_entry ON CONFLICT (id) DO UPDATE SET body = EXCLUDED.body"
        )
