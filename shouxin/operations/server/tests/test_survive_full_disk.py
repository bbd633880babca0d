"""A full disk: said plainly at the start and while running; once there is space, everything goes on by itself."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.harness.server import Server, descendants, until


@pytest.fixture
def small_disk(data: Path) -> Iterator[Callable[[int], None]]:
    """Makes the data folder a disk of so many megabytes, in memory."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        pytest.skip("a full disk can be made by root only")
    data.mkdir()

    def make(megabytes: int) -> None:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m,mode=700", "tmpfs", str(data)]
        if subprocess.run(mount, check=False, capture_output=True).returncode:
            pytest.skip("this machine lets nobody mount")

    yield make
    subprocess.run(["umount", "-l", data], check=False, capture_output=True)


def fill(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 2**22)


def write_until_refused(server: Server) -> None:
    """What makes PostgreSQL need another file for what it writes ahead."""
    with contextlib.suppress(psycopg.OperationalError), server.database() as connection:
        while True:
            connection.execute("SELECT pg_logical_emit_message(false, 'test', repeat('x', 4000000))")


def test_a_start_is_refused(
    small_disk: Callable[[int], None], make_server: Callable[..., Server], data: Path
) -> None:
    small_disk(20)
    for full in (False, True):
        if full:
            fill(data)
        server = make_server().start()
        assert server.wait_exit() == 1
        assert "The disk is full" in server.said()
        assert server.process is not None
        assert descendants(server.process.pid) == []


def test_a_running_server_says_so_and_recovers(
    small_disk: Callable[[int], None], make_server: Callable[..., Server], used_folder: Path, data: Path
) -> None:
    small_disk(420)
    subprocess.run(["cp", "-a", f"{used_folder}/.", data], check=True)
    server = make_server().start().wait_ready()
    server.wait_announced()
    fill(data)
    until(lambda: "The disk is full" in server.said(), "a sentence on the terminal")
    status, body = server.get("/readyz")
    assert (status, "disk" in body.decode()) == (503, True)
    write_until_refused(server)
    until(lambda: "PostgreSQL ended unexpectedly" in server.said(), "the end of PostgreSQL")
    (data / "filler").unlink()
    server.wait_ready()
    until(lambda: "There is enough disk space again" in server.said(), "good news")
    with server.database() as connection:
        assert connection.execute("SELECT count(*) > 0 FROM journal_entry").fetchone() == (True,)
