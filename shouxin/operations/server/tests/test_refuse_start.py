"""What stands in the way is said plainly, with what to do, and nothing is left running."""

import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import psycopg

from shouxin.operations.server.postgres import Cluster
from tests.harness.server import Server, descendants


def refusal(server: Server) -> str:
    """What a server that does not start says before it ends with status 1."""
    assert server.start().wait_exit() == 1
    assert server.process is not None
    assert descendants(server.process.pid) == []
    return server.said()


def test_second_instance_on_the_same_folder(
    shared_server: Server, make_server: Callable[..., Server]
) -> None:
    assert shared_server.process is not None
    said = refusal(make_server(data=shared_server.data))
    assert "is using the data folder" in said
    assert str(shared_server.process.pid) in said
    assert shared_server.ready()


def test_taken_port(make_server: Callable[..., Server]) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # what would let granian in beside it
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        said = refusal(make_server(port=port))
    assert f"Port {port} is taken by another program" in said


def test_port_that_is_none(make_server: Callable[..., Server]) -> None:
    server = make_server()
    server.environment["PORT"] = "eighty"
    assert "which is not a port" in refusal(server)


def test_misspelt_variable(make_server: Callable[..., Server]) -> None:
    server = make_server()
    server.environment["SHOUXIN_CERTIFICAT"] = "x"
    assert "SHOUXIN_CERTIFICAT" in refusal(server)


def test_folder_that_is_a_file(make_server: Callable[..., Server], data: Path) -> None:
    data.write_text("a file")
    assert "There is a file where the data folder" in refusal(make_server())


def test_folder_of_a_newer_version(make_server: Callable[..., Server], data: Path) -> None:
    data.mkdir()
    (data / "layout").write_text("99\n")
    assert "used by a newer version" in refusal(make_server())


def test_database_of_a_newer_version(make_server: Callable[..., Server], used_data: Path) -> None:
    cluster = Cluster(used_data)
    try:
        known = cluster.start(subprocess.DEVNULL)
        with psycopg.connect(known.conninfo("owner"), autocommit=True) as connection:
            connection.execute(
                "INSERT INTO django_migrations (app, name, applied) VALUES ('people', '9999_of_tomorrow', now())"
            )
    finally:
        cluster.stop()
    assert "used by a newer version" in refusal(make_server())
