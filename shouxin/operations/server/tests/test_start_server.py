"""An empty folder becomes a usable server, closed to everybody else."""

import re
import stat

import pytest

from tests.harness.server import Server


def test_answers_and_keeps_the_folder_closed(shared_server: Server) -> None:
    assert shared_server.get("/healthz")[0] == 200
    for folder in (
        shared_server.data,
        *(shared_server.data / name for name in ("keys", "run", "postgres", "logs")),
    ):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for secret in ("run/database.json", "keys/session.key"):
        assert stat.S_IMODE((shared_server.data / secret).stat().st_mode) == 0o600, secret


def test_prints_one_link_for_the_first_two_people_and_logs_none_of_it(shared_server: Server) -> None:
    said = shared_server.wait_announced()
    link = re.search(rf"http://127\.0\.0\.1:{shared_server.port}(/\S+)", said.split("First set-up")[1])
    assert link is not None
    secret = max(re.findall(r"[\w-]{20,}", link[1]), key=len)
    assert secret not in shared_server.logs()


def test_listens_on_loopback_alone_and_says_so(shared_server: Server) -> None:
    assert "only this machine can connect" in shared_server.wait_announced()
    assert listening_addresses(shared_server.port) == {"0100007F"}


def test_postgres_has_no_network_port(shared_server: Server) -> None:
    with shared_server.database() as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW password_encryption").fetchone() == ("scram-sha-256",)
        rules = connection.execute("SELECT DISTINCT auth_method FROM pg_hba_file_rules").fetchall()
        assert rules == [("scram-sha-256",)]


@pytest.mark.parametrize("path", ["/no-such-page/13812345678", "/sign-in/?phone=13812345678"])
def test_writes_neither_path_nor_query_into_the_logs(shared_server: Server, path: str) -> None:
    shared_server.get(path)
    shared_server.get("/healthz")
    assert "13812345678" not in shared_server.logs()


def listening_addresses(port: int) -> set[str]:
    """Local addresses on which `port` is listened to, as the kernel writes them (hex, network order)."""
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        with open(table, encoding="ascii") as lines:  # noqa: PTH123 - a kernel table, not a file
            for line in list(lines)[1:]:
                fields = line.split()
                address, _, number = fields[1].partition(":")
                if fields[3] == "0A" and int(number, 16) == port:
                    found.add(address)
    return found
