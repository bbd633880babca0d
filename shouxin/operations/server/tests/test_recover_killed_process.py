"""kill -9 of any part: the server recovers by itself, and nothing of the old part is left."""

import contextlib
import signal
import threading
from collections.abc import Iterator

import psycopg
import pytest

from shouxin.operations.server import processes
from tests.harness.server import Server, until

ENDLESS = "SELECT count(*) FROM generate_series(1, 1000000000000)"


@pytest.fixture
def busy_backend(shared_server: Server) -> Iterator[int]:
    """A backend in the middle of a computation, which does not look up to see whether its postmaster lives."""
    connection = shared_server.database()

    def compute() -> None:
        with contextlib.suppress(psycopg.OperationalError):
            connection.execute(ENDLESS)

    thread = threading.Thread(target=compute)
    thread.start()
    pid = connection.info.backend_pid
    with shared_server.database() as watcher:
        state = "SELECT 1 FROM pg_stat_activity WHERE pid = %s AND state = 'active'"
        until(lambda: watcher.execute(state, [pid]).fetchone(), "a busy backend")
    yield pid
    thread.join(60)
    connection.close()


@pytest.mark.parametrize("name", ["web", "worker", "sealer", "postgres"])
def test_a_killed_part_is_started_again(shared_server: Server, name: str) -> None:
    old = shared_server.members()[name]
    assert old, f"no {name}"
    processes.send(old[:1], signal.SIGKILL)
    assert processes.wait_gone(old, 20) == []
    new = until(lambda: shared_server.members()[name], f"another {name}")
    assert not set(new) & set(old)
    shared_server.wait_ready()


def test_a_killed_web_process_is_replaced(shared_server: Server) -> None:
    main, *workers = shared_server.members()["web"]
    processes.send(workers, signal.SIGKILL)
    assert processes.wait_gone(workers, 20) == []
    shared_server.wait_ready()
    until(lambda: len(shared_server.members()["web"]) > 1, "another web process")
    assert shared_server.members()["web"][0] == main


def test_a_postmaster_killed_with_a_busy_backend(shared_server: Server, busy_backend: int) -> None:
    for _ in range(8):
        shared_server.get("/readyz")  # fills the pool with connections that are about to break
    old = shared_server.members()["postgres"]
    assert busy_backend in old
    processes.send(old[:1], signal.SIGKILL)
    assert processes.wait_gone(old, 20) == []
    shared_server.wait_ready()
    assert [shared_server.get("/readyz")[0] for _ in range(20)] == [200] * 20


def test_a_killed_backend_makes_postgres_start_over_and_the_pool_recover(
    shared_server: Server, busy_backend: int
) -> None:
    postmaster, *old = shared_server.members()["postgres"]
    processes.send([busy_backend], signal.SIGKILL)
    assert processes.wait_gone(old, 20) == []
    shared_server.wait_ready()
    assert shared_server.members()["postgres"][0] == postmaster
    assert [shared_server.get("/readyz")[0] for _ in range(20)] == [200] * 20


def test_everything_but_the_supervisor_killed_at_once(shared_server: Server) -> None:
    supervisor, *others = shared_server.everyone()
    processes.send(others, signal.SIGKILL)
    assert processes.wait_gone(others, 20) == []
    shared_server.wait_ready()
    assert all(shared_server.members().values())
    assert processes.is_running(supervisor)
