"""Root steps down for PostgreSQL; an ordinary user needs no help and is told what they may not do."""

import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import shouxin
from tests.harness.server import Server, until

SYSTEM_PYTHON = "/usr/bin/python3"


@pytest.fixture
def ordinary_user() -> dict[str, Any]:
    """How to run a program as somebody without rights; skips where that cannot be tried."""
    if os.geteuid() != 0:
        pytest.skip("we are an ordinary user already; every other test here shows it")
    nobody = pwd.getpwnam("nobody")
    options: dict[str, Any] = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    places = [str(Path(shouxin.__file__).parents[1]), str(Path(pytest.__file__).parents[1])]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(places)}
    probe = [SYSTEM_PYTHON, "-c", "import shouxin.cli, psycopg, granian, cryptography.fernet"]
    if subprocess.run(
        probe, env=environment, check=False, capture_output=True, cwd="/", **options
    ).returncode:
        pytest.skip("an ordinary user cannot read this checkout or its environment")
    return options | {"python": SYSTEM_PYTHON, "pythonpath": environment["PYTHONPATH"]}


def as_user(make_server: Callable[..., Server], user: dict[str, Any]) -> Server:
    options = dict(user)
    path = options.pop("pythonpath")
    server = make_server(**options)
    server.environment |= {"PYTHONPATH": path, "HOME": "/nonexistent", "PYTHONDONTWRITEBYTECODE": "1"}
    return server


def test_postgres_never_runs_as_root(shared_server: Server) -> None:
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in shared_server.members()["postgres"]}
    assert len(owners) == 1
    assert 0 not in owners


def test_an_ordinary_user_can_serve(
    make_server: Callable[..., Server], data: Path, ordinary_user: dict[str, Any]
) -> None:
    os.chown(data.parent, ordinary_user["user"], ordinary_user["group"])
    server = as_user(make_server, ordinary_user).start().wait_ready()
    owners = {Path(f"/proc/{pid}").stat().st_uid for pid in server.everyone()}
    assert owners == {ordinary_user["user"]}


def test_an_unwritable_folder_is_named(
    make_server: Callable[..., Server], data: Path, ordinary_user: dict[str, Any]
) -> None:
    data.parent.chmod(0o755)
    server = as_user(make_server, ordinary_user).start()
    assert server.wait_exit() == 1
    said = until(server.said, "a sentence")
    assert f"The data folder {data} is not writable (Permission denied)" in said


def test_a_closed_folder_is_named(
    make_server: Callable[..., Server], data: Path, ordinary_user: dict[str, Any]
) -> None:
    data.parent.chmod(0o755)
    data.mkdir(mode=0o700)
    server = as_user(make_server, ordinary_user).start()
    assert server.wait_exit() == 1
    assert f"The data folder {data} is not writable" in server.said()


def test_a_cluster_of_somebody_else_is_named(
    make_server: Callable[..., Server], data: Path, ordinary_user: dict[str, Any]
) -> None:
    data.mkdir()
    for folder in (data.parent, data):
        os.chown(folder, ordinary_user["user"], ordinary_user["group"])
    (data / "postgres").mkdir(mode=0o700)
    server = as_user(make_server, ordinary_user).start()
    assert server.wait_exit() == 1
    assert "belongs to another system user" in server.said()
