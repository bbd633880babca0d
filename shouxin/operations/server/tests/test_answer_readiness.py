"""/readyz says 200 or 503 with the reason; /healthz says that somebody is there."""

from datetime import timedelta
from uuid import uuid4

import psycopg
import pytest
from django.db import OperationalError, connection
from django.test import Client

from shouxin.core.text import Text
from shouxin.kit import clock, health
from shouxin.operations.server import readiness

pytestmark = pytest.mark.django_db(transaction=True)


def codes(client: Client) -> list[str]:
    response = client.get("/readyz")
    found = [reason["code"] for reason in response.json()["reasons"]]
    assert response.status_code == (503 if found else 200)
    return found


def test_all_is_well(client: Client) -> None:
    assert codes(client) == []
    assert client.get("/healthz").status_code == 200


def test_an_unsealed_entry_is_noticed(client: Client, superuser: psycopg.Connection) -> None:
    superuser.execute(
        "INSERT INTO journal_entry (id, at, event, actor, body) VALUES (%s, %s, 'x', %s, '\\x0000')",
        [uuid4(), clock.now() - timedelta(minutes=1), uuid4()],
    )
    assert codes(client) == ["sealer"]


def test_a_missing_database_is_noticed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "ensure_connection", fail)
    connection.close()
    assert codes(client) == ["database"]
    assert client.get("/healthz").status_code == 200


def test_a_full_disk_is_noticed(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "NEEDED_BYTES", 2**62)
    assert codes(client) == ["disk"]


def test_a_missing_migration_is_noticed(client: Client, superuser: psycopg.Connection) -> None:
    readiness._remember_migrated.cache_clear()
    where = "app = 'procrastinate' AND name = (SELECT max(name) FROM django_migrations WHERE app = 'procrastinate')"
    gone = superuser.execute(
        f"DELETE FROM django_migrations WHERE {where} RETURNING app, name, applied"
    ).fetchone()
    assert gone is not None
    try:
        assert codes(client) == ["migrations"]
    finally:
        superuser.execute("INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)", gone)
    assert codes(client) == []


def test_a_rooms_own_check_and_its_failure_are_reported(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(health.checks._entries, "tried-here", lambda: Text("坏了", "broken"))
    assert codes(client) == ["tried-here"]
    monkeypatch.setitem(health.checks._entries, "tried-here", lambda: 1 // 0)
    assert codes(client) == ["tried-here"]
