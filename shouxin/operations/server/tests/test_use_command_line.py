"""`shouxin` from a terminal: exit statuses, languages, and the database for the length of a command."""

from pathlib import Path

import pytest

from shouxin.operations.server import processes
from tests.harness.server import Server, as_json, shouxin


def test_wrong_usage_is_2(data: Path) -> None:
    assert shouxin(data, "no-such-command")[0] == 2
    assert shouxin(data)[0] == 2


def test_without_data_it_says_what_to_do(data: Path) -> None:
    status, _, errors = shouxin(data, "doctor")
    assert status == 1
    assert "Run shouxin serve first" in errors
    _, _, errors = shouxin(data, "doctor", SHOUXIN_LANG="zh")
    assert "请先运行 shouxin serve" in errors
    assert not data.exists()


def test_doctor_beside_a_running_server(shared_server: Server) -> None:
    assert shared_server.process is not None
    status, output, errors = shouxin(shared_server.data, "doctor", "--json")
    assert (status, errors) == (0, "")
    found = as_json(output)
    assert (found["ok"], found["server"], found["problems"]) == (True, shared_server.process.pid, [])
    assert shared_server.ready()


def test_doctor_on_a_folder_at_rest_starts_and_stops_its_own_database(used_data: Path) -> None:
    data = used_data
    status, output, _ = shouxin(data, "doctor", "--json")
    assert status == 0, output
    assert as_json(output)["server"] is None
    assert processes.named_processes_in(data / "postgres", "postgres") == []
    (data / "postgres" / "PG_VERSION").write_text("21\n")
    assert shouxin(data, "doctor")[0] == 1


@pytest.mark.parametrize(("name", "language"), [("zh_CN.UTF-8", "守信"), ("en_GB.UTF-8", "Shouxin")])
def test_speaks_the_terminals_language(data: Path, name: str, language: str) -> None:
    _, output, _ = shouxin(data, "--help", SHOUXIN_LANG="", LC_ALL=name)
    assert language in output
