"""The page and the command of the search index: what is searched how, and building it anew."""

import argparse
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.vault import commands, jobs, rebuilding
from shouxin.vault.keyring import keyring
from shouxin.vault.models import IndexState, SearchIndexVersion, SearchToken
from shouxin.vault.tests import cast
from tests.world import World, have_keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(world: World, client: Client, tmp_path: Path, settings: LazySettings) -> Iterator[Client]:
    settings.DATA = tmp_path
    keyring.drop()
    have_keys()
    yield world.signed_in(client, "security_admin")
    keyring.drop()


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    commands.add_arguments(parser.add_subparsers())
    arguments = parser.parse_args(["search", *words])
    command: Callable[[object], int] = arguments.run
    return command(arguments)


def test_the_page_tells_sizes_and_what_each_kind_reveals(admin: Client) -> None:
    cast.new_customer(mobile="13800138000")
    page = admin.get("/keys/index/").content.decode()
    for text in ("规划客户数", "平均巧合数", "末四位分布均匀", "首次建立", "重建索引"):
        assert text in page
    assert "13800138000" not in page


def test_the_button_begins_and_the_job_finishes(admin: Client) -> None:
    cast.new_customer(mobile="13800138000")
    assert "规划" in admin.post("/keys/index/rebuild/", {"planned": "3"}).content.decode()
    assert not SearchIndexVersion.objects.filter(state=IndexState.BUILDING).exists()
    answer = admin.post("/keys/index/rebuild/", {"planned": "5000"}, follow=True)
    shown = answer.content.decode()
    assert "正在建立第 2 版" in shown
    assert "data-confirm" not in shown.split("正在建立第 2 版")[1]  # no second button meanwhile
    for _step in rebuilding.work(actor=rebuilding.INDEXER):
        pass
    done = admin.get("/keys/index/").content.decode()
    assert "正在建立" not in done
    assert "已清空，密钥已销毁" in done
    assert SearchIndexVersion.objects.get(state=IndexState.CURRENT).planned == 5000


def test_the_command_rebuilds_and_tells(vault: None, capsys: pytest.CaptureFixture[str]) -> None:
    cast.new_customer(mobile="13800138000")
    assert run("status", "--json") == 0
    before = json.loads(capsys.readouterr().out)
    assert before["tokens"] == {"exact": {"mobile": 1}, "last4": {"mobile": 1}}
    assert run("rebuild", "--if-needed", "--json") == 0
    assert len(json.loads(capsys.readouterr().out)["versions"]) == 1
    assert run("rebuild", "--planned", "63") == 2
    assert run("rebuild", "--planned", "70000", "--json") == 0
    after = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [(one["version"], one["state"], one["tokens"]) for one in after["versions"]] == [
        (2, "current", 2),
        (1, "retired", 0),
    ]
    assert after["versions"][0]["planned"] == 70000
    assert set(SearchToken.objects.values_list("version", flat=True)) == {2}


def test_what_was_cut_off_is_queued_again_and_nothing_is_begun(
    vault: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    queued: list[str] = []
    monkeypatch.setattr(jobs, "queue_once", lambda name, **_: queued.append(name))

    class Context:
        def should_abort(self) -> bool:
            return False

    context: Any = Context()
    jobs.go_on(context, 0)
    assert queued == []
    rebuilding.begin(actor=cast.OPERATOR)
    jobs.go_on(context, 0)
    assert queued == [rebuilding.REBUILD]
