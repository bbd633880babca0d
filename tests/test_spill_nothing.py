"""The comparing engine: in memory alone, bounded, its settings locked; and it says when memory does not suffice."""

from pathlib import Path

import pytest

from shouxin.customers.duplicates import probable
from shouxin.customers.duplicates.features import of_values
from shouxin.operations.demo.doubles import generate

pytestmark = pytest.mark.skipif(not probable.is_available(), reason="the extra dedupe is not installed")


def rows(size: int) -> probable.Rows:
    found = probable.Rows()
    found.add([of_values("person", person) for person in generate(size, 5).people])
    return found


def test_no_file_is_written_whatever_it_is_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    assert list(probable.pairs(rows(1500)))
    assert list(tmp_path.rglob("*")) == []


def test_spilling_is_off_memory_is_bounded_and_neither_can_be_changed() -> None:
    connection = probable._connection()
    told = dict(
        connection.execute(
            "SELECT name, value FROM duckdb_settings() WHERE name IN"
            " ('temp_directory', 'memory_limit', 'enable_external_access', 'lock_configuration')"
        ).fetchall()
    )
    assert told["temp_directory"] == ""
    assert told["enable_external_access"] == "false"
    assert told["lock_configuration"] == "true"
    assert told["memory_limit"].endswith("GiB")
    for attack in ("SET temp_directory = '/tmp'", "COPY (SELECT 1) TO 'x.csv'", "ATTACH 'x.db'"):
        with pytest.raises(Exception, match=r"locked|disabled|[Pp]ermission"):
            connection.execute(attack)


def test_too_little_memory_is_told_and_not_spilt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(probable, "MEMORY", "6MB")
    with pytest.raises(probable.EngineFailed, match="memory") as problem:
        list(probable.pairs(rows(4000)))
    assert problem.value.__cause__ is problem.value.__context__ is None  # nothing of what the engine said
    assert list(tmp_path.rglob("*")) == []
