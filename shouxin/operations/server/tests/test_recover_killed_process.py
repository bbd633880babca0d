"""kill -9 of any part: the server recovers by itself, and nothing of the old part is left."""

import signal

import pytest

from shouxin.operations.server import processes
from tests.harness.server import Server, until


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


def test_the_pool_recovers_when_postgres_restarts_under_load(shared_server: Server) -> None:
    for _ in range(8):
        shared_server.get("/readyz")  # fills the pool
    with shared_server.database() as busy:
        busy.execute("CREATE TEMPORARY TABLE busy AS SELECT generate_series(1, 100000)")
        processes.send(shared_server.members()["postgres"][:1], signal.SIGKILL)
    shared_server.wait_ready()
    assert [shared_server.get("/readyz")[0] for _ in range(20)] == [200] * 20
