"""The terminal says first what a person needs first: the link, the accounts, or that the data are not real."""

from pathlib import Path
from typing import Any

import pytest

from shouxin.operations.server import supervisor
from shouxin.operations.server.address import Address
from shouxin.operations.server.supervisor import announcement_lines

ACCOUNT: dict[str, Any] = {
    "user_name": "yuanfei",
    "password": "baiyun-jinsha-0042",
    "name": "袁飞",
    "title": {"zh": "销售顾问", "en": "Clerk"},
    "advice": {"zh": "查找 SX-000001", "en": "find SX-000001"},
}


def said(found: dict[str, Any]) -> str:
    return "\n".join(announcement_lines(found, "http://127.0.0.1:8000/"))


def test_an_empty_installation_prints_its_link() -> None:
    assert "http://127.0.0.1:8000/setup/?token=abc" in said({"setup": "/setup/?token=abc"})


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("zh", ("演示账号", "袁飞，销售顾问", "查找 SX-000001")),
        ("en", ("Accounts", "袁飞, Clerk", "find SX-000001")),
    ],
)
def test_the_accounts_stand_with_password_and_advice(
    monkeypatch: pytest.MonkeyPatch, language: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("SHOUXIN_LANG", language)
    text = said({"demonstration": True, "customers": 2000, "accounts": [ACCOUNT]})
    assert "2000" in text
    assert "baiyun-jinsha-0042" in text
    for word in words:
        assert word in text


def test_a_changed_password_is_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_LANG", "zh")
    text = said({"demonstration": True, "customers": 2000, "accounts": [{**ACCOUNT, "password": None}]})
    assert "（已修改）" in text


def test_an_account_with_a_second_factor_says_how_to_get_its_code(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_DATA", "/srv/a folder")
    found = {"demonstration": True, "customers": 2, "accounts": [{**ACCOUNT, "second_factor": True}]}
    assert "SHOUXIN_DATA='/srv/a folder' shouxin demo code yuanfei" in said(found)
    assert "demo code" not in said({**found, "accounts": [ACCOUNT]})


def test_serving_a_demonstration_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_LANG", "zh")
    assert "演示数据" in said({"demonstration": True})
    assert said({"demonstration": False}) == ""


def test_a_demonstration_is_not_loaded_over_real_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_LANG", "en")
    assert "no demonstration was loaded" in said({"demonstration": False, "customers": 0, "accounts": []})


def test_the_address_stands_only_once_the_port_answers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgres://nobody@127.0.0.1:1/nothing")
    answer: tuple[bool, list[dict[str, str]]] = (False, [])
    monkeypatch.setattr(supervisor, "ask_readiness", lambda _address: answer)
    monkeypatch.setattr(supervisor, "READY_PATIENCE_SECONDS", -1.0)  # however long the data took
    (tmp_path / "logs").mkdir()
    address = Address("127.0.0.1", 8000, encrypted=False, open_to_others=True)
    server = supervisor.Supervisor(tmp_path, address, demonstration=True)
    for _ in range(3):
        server._announce_when_ready()
    waiting = capsys.readouterr().out
    assert waiting.count("web.log") == 1
    assert address.url not in waiting
    answer = (True, [])
    server._announce_when_ready()
    assert address.url in capsys.readouterr().out
    for lines in (server._postgres_lines, *(service.lines for service in server._services)):
        lines.close()
