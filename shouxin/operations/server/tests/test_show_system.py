"""The system administrator sees in the browser what the doctor finds, and is told on the workbench."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shouxin.core.text import Text
from shouxin.kit import connections
from shouxin.kit.connections import Connection, Outcome, State
from tests.harness.certificates import Authority
from tests.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _closed_folder(settings: Any, tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    settings.DATA = tmp_path


def test_a_certificate_about_to_end_stands_on_workbench_and_page(
    world: World, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.signed_in(client, "system_admin")
    assert "系统体检发现的问题" not in client.get("/").content.decode()
    assert "没有必须马上处理的问题" in client.get("/system/").content.decode()
    pair = Authority(tmp_path).issue("shouxin.example", ends=timedelta(days=20))
    monkeypatch.setenv("SHOUXIN_CERTIFICATE", str(pair[0]))
    monkeypatch.setenv("SHOUXIN_CERTIFICATE_KEY", str(pair[1]))
    assert "系统体检发现的问题" in client.get("/").content.decode()
    assert "TLS 证书将于" in client.get("/system/").content.decode()


def test_connections_are_tried_on_demand_and_a_failing_one_says_what_is_reduced(
    world: World, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = Connection(
        "directory",
        Text("单位目录", "Directory"),
        Text("暂不能用目录账号登录", "no sign-in by directory"),
        lambda: [Outcome("dir.example:636", "LDAPS", State.CERTIFICATE_REFUSED)],
    )
    monkeypatch.setattr(connections.connections, "_entries", {"directory": one})
    world.signed_in(client, "system_admin")
    assert "尚未试连" in client.get("/system/").content.decode()
    page = client.post("/system/").content.decode()
    for part in ("单位目录", "LDAPS", "dir.example:636", "已拒绝对方证书", "暂不能用目录账号登录"):
        assert part in page
