"""Migrations run under a lock: a second migrator waits for the first."""

import threading

import psycopg
import pytest
from django.db import connections

from shouxin.operations.server import prepare


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_a_second_migrator_waits(superuser: psycopg.Connection) -> None:
    superuser.execute("SELECT pg_advisory_lock(%s)", [prepare.LOCK])
    finished = threading.Event()

    def migrate() -> None:
        prepare.migrate()
        connections.close_all()
        finished.set()

    thread = threading.Thread(target=migrate)
    thread.start()
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while not superuser.execute(waiting).fetchone() and thread.is_alive():
        thread.join(0.05)
    assert not finished.is_set()
    superuser.execute("SELECT pg_advisory_unlock(%s)", [prepare.LOCK])
    thread.join(60)
    assert finished.is_set()
