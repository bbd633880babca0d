"""Servers for the tests of this folder: a fresh one each, or one shared by those that leave it healthy."""

import fcntl
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.harness import early
from tests.harness.server import Server


@pytest.fixture
def data() -> Iterator[Path]:
    """A place for a data folder, not yet made, with a short path."""
    place = Path(tempfile.mkdtemp(prefix="sx-"))
    yield place / "data"
    shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def make_server(data: Path) -> Iterator[Callable[..., Server]]:
    """Servers on the test's data folder, ended with the test."""
    made: list[Server] = []

    def make(**options: Any) -> Server:
        made.append(Server(options.pop("data", data), **options))
        return made[-1]

    yield make
    for server in made:
        server.stop()


@pytest.fixture(scope="session")
def used_folder() -> Path:
    """A data folder that a server has made out of nothing, used and left in order; one for all processes of the run."""
    kept = early.RUN / "used"
    with (early.RUN / "used.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not kept.exists():
            _use(kept)
    return kept


def _use(kept: Path) -> None:
    place = Path(tempfile.mkdtemp(prefix="sx-"))
    server = Server(place / "data").start()
    try:
        server.wait_ready(240)  # every migration, and the whole run waits for this one
    finally:
        server.stop()
    shutil.move(place / "data", kept)
    place.rmdir()


@pytest.fixture
def used_data(used_folder: Path, data: Path) -> Path:
    """A copy of it, in the test's own place: starting there spares making a database."""
    subprocess.run(["cp", "-a", used_folder, data], check=True)
    return data


@pytest.fixture(scope="session")
def shared_server(used_folder: Path) -> Iterator[Server]:
    """A running server that several tests use; each leaves it ready."""
    place = Path(tempfile.mkdtemp(prefix="sx-"))
    subprocess.run(["cp", "-a", used_folder, place / "data"], check=True)
    server = Server(place / "data").start()
    try:
        yield server.wait_ready()
    finally:
        server.stop()
        shutil.rmtree(place, ignore_errors=True)
