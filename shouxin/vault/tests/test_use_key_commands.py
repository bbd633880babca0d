"""The key commands print counts per key version, and rotate to the point where nothing is left under the old key."""

import argparse
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from shouxin.kit import ids
from shouxin.vault import commands, jobs
from shouxin.vault.algorithms import mark_outdated
from shouxin.vault.keyring import keyring
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db(transaction=True)


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers())
    arguments = parser.parse_args(["keys", *words])
    command: Callable[[object], int] = arguments.run
    return command(arguments)


@pytest.mark.clause("A7.2")
def test_rotation_reports_that_nothing_is_left_under_the_old_key(
    shared_vault: None, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.store(*[cast.write(ids.new(), person_name="李小明") for _ in range(5)])
    assert run("status", "--json") == 0
    before = json.loads(capsys.readouterr().out)
    assert [(one["epoch"], one["data_keys"]) for one in before["epochs"]] == [(1, 5)]
    assert run("rotate", "--json") == 0
    after = json.loads(capsys.readouterr().out)
    assert [(one["epoch"], one["state"], one["data_keys"]) for one in after["epochs"]] == [
        (1, "retired", 0),
        (2, "current", 5),
    ]


def test_status_says_when_the_key_provider_does_not_answer(
    shared_vault: None, root_key: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root_key.unlink()
    assert run("status") == 1
    assert capsys.readouterr().out.splitlines()[0].startswith(("密钥服务不可用", "The key provider"))


@pytest.mark.clause("D10.2")
def test_outdated_tells_what_remains_and_goes_on_until_nothing_does(
    shared_vault: None, capsys: pytest.CaptureFixture[str]
) -> None:
    cast.store(*[cast.write(ids.new(), person_name="李小明") for _ in range(3)])
    assert run("outdated", "--json") == 0
    nothing = {"ok": True, "outdated": [], "root": False, "index": False, "backups": []}
    assert json.loads(capsys.readouterr().out) == nothing
    mark_outdated(actor=cast.OPERATOR, suite=1, successor=2)
    assert run("outdated", "--json") == 1
    assert json.loads(capsys.readouterr().out)["outdated"][0]["groups"] == 3
    assert run("outdated", "--continue", "--json") == 0
    done = json.loads(capsys.readouterr().out)
    left = done["outdated"][0]
    assert (left["groups"], left["secrets"], left["epochs"], left["indexes"]) == (0, 0, 0, 0)
    assert done["root"]  # said, as nothing in the background reaches it
    assert not done["index"]


@pytest.mark.clause("A7.2")
def test_the_root_key_is_rotated_and_the_old_one_destroyed_by_its_fingerprint(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, settings: LazySettings
) -> None:
    settings.DATA = tmp_path
    keyring.drop()
    jobs.make_first_keys()
    cast.new_customer()
    assert run("rotate", "--root", "--json") == 0
    assert json.loads(capsys.readouterr().out) == {
        "ok": True,
        "old": 0,
        "new": 1,
        "remaining": 0,
        "opened": 2,
    }
    assert run("status", "--json") == 0
    old, new = json.loads(capsys.readouterr().out)["roots"]
    assert (old["state"], old["keys"], old["kept"], new["state"], new["keys"]) == (
        "retired",
        0,
        True,
        "current",
        2,
    )
    assert run("destroy-root", "--fingerprint", old["fingerprint"]) == 2  # nothing was confirmed
    assert run("destroy-root", "--fingerprint", new["fingerprint"], "--backed-up") == 1
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == ["root-1.key", "root.key"]
    assert run("destroy-root", "--fingerprint", old["fingerprint"], "--backed-up", "--json") == 0
    assert [path.name for path in (tmp_path / "keys").iterdir()] == ["root-1.key"]
    keyring.drop()
    assert run("status") == 0
    keyring.drop()
    assert "已销毁" in capsys.readouterr().out
