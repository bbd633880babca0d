"""A data folder of the test's own, and a sealer that works on the test's database."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events
from shouxin.journal.sealer import Sealer, connected
from tests.harness.database import Credentials

PATIENCE = 60  # seconds; only a limit for tests that would otherwise never end


@pytest.fixture(autouse=True, scope="session")
def tried_event() -> None:
    events.register("thing.tried", EventKind("thing.tried", Text("试了 {count} 次", "Tried {count} times")))


@pytest.fixture
def actor() -> Actor:
    return Actor(id=UUID(int=1), kind=ActorKind.STAFF, pseudonym=UUID(int=2))


@pytest.fixture
def auditor() -> Actor:
    permissions = frozenset({Permission.JOURNAL_ENTRY_READ, Permission.JOURNAL_LEDGER_VERIFY})
    return Actor(id=UUID(int=3), kind=ActorKind.STAFF, pseudonym=UUID(int=4), permissions=permissions)


@pytest.fixture
def data(
    tmp_path: Path, settings: Any, cluster: Credentials, test_database: str, django_db_setup: None
) -> Path:
    """A data folder whose `run/database.json` leads to the test's database."""
    (tmp_path / "run").mkdir()
    facts = {**cluster.as_json(), "name": test_database}
    (tmp_path / "run" / "database.json").write_text(json.dumps(facts))
    settings.DATA = tmp_path
    return tmp_path


@pytest.fixture
def application(data: Path) -> Iterator[psycopg.Connection]:
    """A connection as the application role, as the sealer has it."""
    with connected(data) as connection:
        yield connection


@pytest.fixture
def seal(application: psycopg.Connection, data: Path) -> Callable[[], int]:
    """Seal everything visible, with a sealer that has just started; gives the size of the log."""

    def sealed() -> int:
        sealer = Sealer(application, data)
        sealer.round()
        return sealer.size

    return sealed


@pytest.fixture
def sealer_process(data: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Starts `python -m shouxin.journal.sealer`; whatever still runs at the end is ended."""
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "shouxin.journal.sealer", "--data", str(data)]
        started.append(subprocess.Popen(command, stderr=subprocess.PIPE, env=dict(os.environ)))
        return started[-1]

    yield start
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.stderr:
            process.stderr.close()


def wait_until(condition: Callable[[], bool]) -> None:
    """Wait for what must come; the limit is generous because tests never measure time."""
    limit = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.05)
