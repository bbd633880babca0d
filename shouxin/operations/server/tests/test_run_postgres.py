"""The embedded PostgreSQL on awkward machines: long paths, closed folders, leftovers, forgotten pid files."""

import os
import shutil
import signal
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from shouxin.operations.server import binaries, credentials, processes
from shouxin.operations.server.postgres import FAST_AND_FORGETFUL, Cluster, end_leftovers
from shouxin.operations.server.problems import ServerProblem


@pytest.fixture
def place() -> Iterator[Path]:
    found = Path(tempfile.mkdtemp(prefix="sx-"))
    yield found
    shutil.rmtree(found, ignore_errors=True)


@pytest.fixture
def clusters() -> Iterator[list[Cluster]]:
    made: list[Cluster] = []
    yield made
    for cluster in made:
        cluster.stop()


def start(data: Path, clusters: list[Cluster]) -> psycopg.Connection:
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    cluster = Cluster(data, settings=FAST_AND_FORGETFUL)
    clusters.append(cluster)
    with (data / "log").open("ab") as log:
        known = cluster.start(log)
    return psycopg.connect(known.conninfo("application"), autocommit=True)


def test_a_path_longer_than_a_socket_address(place: Path, clusters: list[Cluster]) -> None:
    with start(place / ("x" * 120), clusters) as connection:
        alias = Path(connection.info.host).parent
    assert stat.S_IMODE(alias.stat().st_mode) == 0o700
    clusters[0].stop()
    assert not alias.exists()


def test_every_folder_on_the_way_stays_closed(place: Path, clusters: list[Cluster]) -> None:
    closed = place / "closed"
    closed.mkdir(mode=0o700)
    with start(closed / "data", clusters):
        modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (place, closed, closed / "data")}
    assert set(modes.values()) == {0o700}, modes


def test_wrong_password_and_no_password_are_refused(place: Path, clusters: list[Cluster]) -> None:
    with start(place / "data", clusters) as connection:
        info: dict[str, Any] = connection.info.get_parameters()
    for password in ("", "wrong"):
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(**(info | {"password": password, "passfile": "/dev/null"}))


def test_a_dead_postmasters_busy_backend_is_ended(place: Path, clusters: list[Cluster]) -> None:
    with start(place / "data", clusters) as connection:
        row = connection.execute("SELECT pg_backend_pid()").fetchone()
        assert row is not None
        process = clusters[0].process
        assert process is not None
        processes.send([row[0]], signal.SIGSTOP)  # it cannot notice that its postmaster is gone
        processes.send([process.pid], signal.SIGKILL)
        process.wait()
        assert row[0] in processes.named_processes_in(place / "data" / "postgres", "postgres")
        end_leftovers(place / "data" / "postgres")
    assert not processes.is_running(row[0])
    with start(place / "data", clusters) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_pid_file_that_names_somebody_else_is_no_obstacle(place: Path, clusters: list[Cluster]) -> None:
    start(place / "data", clusters).close()
    clusters[0].stop()
    folder = place / "data" / "postgres"
    (folder / "postmaster.pid").write_text(f"{os.getppid()}\n/proc/self/fd/3\n1\n5432\n\n\n\nready   \n")
    start(place / "data", clusters).close()


def test_a_half_made_cluster_is_made_anew(place: Path, clusters: list[Cluster]) -> None:
    (place / "data" / "postgres.part" / "base").mkdir(parents=True)
    start(place / "data", clusters).close()
    assert not (place / "data" / "postgres.part").exists()


def test_a_cluster_of_another_version_is_named(place: Path, clusters: list[Cluster]) -> None:
    start(place / "data", clusters).close()
    clusters[0].stop()
    (place / "data" / "postgres" / "PG_VERSION").write_text("21\n")
    with pytest.raises(ServerProblem, match="made by PostgreSQL 21"):
        start(place / "data", clusters)


def test_programs_out_of_the_users_reach_are_copied(
    place: Path, clusters: list[Cluster], monkeypatch: pytest.MonkeyPatch
) -> None:
    if os.geteuid() != 0:
        pytest.skip("only root steps down to another user")
    installed = binaries.installed_package()
    hidden = place / "hidden" / installed.name
    hidden.parent.mkdir(mode=0o700)
    shutil.copytree(installed / "pginstall18", hidden / "pginstall18", symlinks=True)
    shutil.copytree(installed.with_name(installed.name + ".libs"), hidden.with_name(hidden.name + ".libs"))
    monkeypatch.setattr(binaries, "installed_package", lambda: hidden)
    monkeypatch.setattr(binaries, "PRIVATE_COPIES", place / "copies")
    place.chmod(0o755)
    with start(place / "hidden" / "data", clusters) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert stat.S_IMODE(hidden.parent.stat().st_mode) == 0o700
    assert [path.stat().st_uid for path in (place / "copies").iterdir()] == [0]


def test_what_people_store_never_reaches_postgres_log(place: Path, clusters: list[Cluster]) -> None:
    start(place / "data", clusters).close()
    known = credentials.read(place / "data" / "run" / "database.json")
    assert known is not None
    with psycopg.connect(known.conninfo("owner"), autocommit=True) as connection:
        connection.execute("CREATE TABLE phones (number text PRIMARY KEY CHECK (number < '2'))")
        for number in ("13812345678", "13812345678", "23812345678"):
            try:
                connection.execute("INSERT INTO phones VALUES (%s)", [number])
            except psycopg.IntegrityError:
                continue
        with pytest.raises(psycopg.DataError):
            connection.execute("SELECT '13812345678x'::int")
    assert "3812345678" not in (place / "data" / "log").read_text()
