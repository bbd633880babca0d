"""kill -9 of the supervisor: nothing of it goes on answering, and the next start finds everything in order."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from shouxin.operations.server import processes
from tests.harness.server import Server

pytestmark = pytest.mark.usefixtures("used_data")


def test_nothing_is_left_and_the_next_start_works(make_server: Callable[..., Server]) -> None:
    first = make_server().start().wait_ready()
    everyone = first.everyone()
    with first.database("owner") as connection:
        connection.execute("CREATE TABLE kept AS SELECT 42 AS answer")
    processes.send(everyone[:1], signal.SIGKILL)
    assert processes.wait_gone(everyone, 20) == []
    assert first.get("/healthz")[0] == 0
    second = make_server(port=first.port).start().wait_ready()
    with second.database() as connection:
        assert connection.execute("SELECT answer FROM kept").fetchone() == (42,)


def test_kill_of_everything_but_postgres_leaves_no_old_backend(
    make_server: Callable[..., Server], data: Path
) -> None:
    first = make_server().start().wait_ready()
    postmaster = first.members()["postgres"][0]
    backends = [pid for pid in first.members()["postgres"] if pid != postmaster]
    processes.send([postmaster], signal.SIGSTOP)  # it cannot react to the end of its parent
    everyone = first.everyone()
    processes.send([pid for pid in everyone if pid != postmaster and pid not in backends], signal.SIGKILL)
    assert postmaster in processes.named_processes_in(data / "postgres", "postgres")
    second = make_server(port=first.port).start()
    assert processes.wait_gone(everyone, 20) == []
    second.wait_ready()
