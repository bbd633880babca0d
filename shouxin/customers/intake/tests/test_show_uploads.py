"""Handing in a file: sealed as it arrives, never in clear on a disk; what cannot be read is said, nothing is kept."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.reading import DEFAULT_LIMITS, FILE_TEXTS
from shouxin.customers.intake.tests import cast
from shouxin.customers.intake.tests.screens import CSV, NEW, address, latest, send
from shouxin.customers.intake.tests.workbooks import HEAD, compound, text_row, xlsx
from shouxin.journal.models import Entry
from shouxin.vault import parcels
from shouxin.vault.errors import KeyServiceUnavailable
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
PLANTED = "王小丫的秘密备注".encode()
_watched: list[list[str]] = []


def _opened(event: str, arguments: tuple[object, ...]) -> None:
    """Every file that Python opens to write, while somebody watches."""
    if event == "open" and _watched and isinstance(arguments[2], int) and arguments[2] & 0b11:
        _watched[-1].append(str(arguments[0]))


sys.addaudithook(_opened)


@pytest.fixture
def written() -> Iterator[list[str]]:
    """The paths opened for writing during the test."""
    _watched.append([])
    yield _watched[-1]
    _watched.pop()


def uploads() -> list[Path]:
    return list((Path(settings.DATA) / "uploads").glob("*"))


def test_nothing_of_a_large_upload_is_written_in_clear(
    client: Client, register: Register, written: list[str]
) -> None:
    clerk = register.world.signed_in(client, "clerk")
    before = set(uploads())
    line = "K-{0},王小丫,13800138000,".encode() + PLANTED + b"\n"
    content = "客户编号,姓名,手机号,备注\n".encode() + line * 120_000
    assert len(content) > 6 << 20
    written.clear()
    assert send(clerk, content).status_code == 302
    paths = {path for path in written if path.startswith("/") and not path.startswith(("/dev", "/proc"))}
    folder = str(Path(settings.DATA) / "uploads")
    assert paths
    assert {path for path in paths if not path.startswith(folder)} == set()
    new = set(uploads()) - before
    assert len(new) == 1
    sealed = new.pop().read_bytes()
    assert len(sealed) >= len(content)
    assert PLANTED not in sealed
    assert "王小丫".encode() not in sealed


def test_the_token_against_forgery_is_asked_for_before_the_file(register: Register) -> None:
    browser = Client(enforce_csrf_checks=True)
    register.world.signed_in(browser, "clerk")
    before = uploads()
    assert send(browser).status_code == 403
    assert uploads() == before
    browser.get(NEW)
    wrong = {"csrfmiddlewaretoken": "x" * 64, "file": SimpleUploadedFile("a.csv", CSV)}
    assert browser.post(NEW, wrong).status_code == 403
    late = {"file": SimpleUploadedFile("a.csv", CSV), "csrfmiddlewaretoken": _token(browser)}
    assert browser.post(NEW, late).status_code == 403
    assert not ImportBatch.objects.exists()
    right = {"csrfmiddlewaretoken": _token(browser), "file": SimpleUploadedFile("a.csv", CSV)}
    assert browser.post(NEW, right).status_code == 302
    assert latest().size == len(CSV)


def _token(browser: Client) -> str:
    page = browser.get(NEW).content.decode()
    return page.partition('name="csrfmiddlewaretoken" value="')[2].partition('"')[0]


UNREADABLE = {
    "empty_file": b"",
    "no_rows": b" , ,\r\n,,\r\n",
    "other_kind": b"%PDF-1.7\n1 0 obj",
    "unsupported_workbook": b"<html><body><table><tr><td>1</td></tr></table>",
    "encrypted_workbook": compound("EncryptionInfo", "EncryptedPackage").getvalue(),
    "damaged_file": b"PK\x03\x04" + bytes(200),
    "suspicious_packing": xlsx(text_row(1, "a"), extra={"x.bin": bytes(60 << 20)}, level=9).getvalue(),
    "unsafe_xml": xlsx(text_row(1, "a"), head="<!DOCTYPE x>" + HEAD.partition("?>")[2]).getvalue(),
    "too_many_cells": xlsx('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>').getvalue(),
    "too_many_columns": xlsx('<row r="1"><c r="XFD1"><v>1</v></c></row>').getvalue(),
}


@pytest.mark.parametrize("code", UNREADABLE)
def test_a_file_that_cannot_be_read_is_named_and_nothing_is_kept(
    client: Client, register: Register, code: str
) -> None:
    clerk = register.world.signed_in(client, "clerk")
    before, entries = uploads(), Entry.objects.count()
    answer = send(clerk, UNREADABLE[code], "客户.xlsx")
    assert answer.status_code == 422
    said = FILE_TEXTS[code].zh.partition("{")[0]
    assert said in answer.content.decode()  # type: ignore[attr-defined]
    assert uploads() == before
    assert not ImportBatch.objects.exists()
    assert Entry.objects.count() == entries


def test_a_script_is_answered_in_its_own_way(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    asks = {"accept": "application/json"}
    answer = send(clerk, b"%PDF-1.7", headers=asks)
    assert answer.status_code == 422
    assert answer.json()["problem"].startswith("这不是表格文件")  # type: ignore[attr-defined]
    assert send(clerk, headers=asks).json() == {"next": address(latest().id, "sheets")}  # type: ignore[attr-defined]


def test_no_file_chosen_is_said(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    answer = clerk.post(NEW, {"file": ""})
    assert answer.status_code == 422
    assert "请选择一个文件" in answer.content.decode()
    assert clerk.post(NEW, b"a=b", content_type="application/x-www-form-urlencoded").status_code == 400


def test_what_is_announced_too_large_is_not_read(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    answer = clerk.post(
        NEW, {"file": SimpleUploadedFile("a.csv", CSV)}, CONTENT_LENGTH=str(DEFAULT_LIMITS.text_bytes * 2)
    )
    assert answer.status_code == 422
    assert "2048" in answer.content.decode()


def test_the_same_file_is_recognised(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    send(clerk)
    first = latest()
    answer = send(clerk, name="另一个名字.csv")
    second = latest()
    assert answer.headers["Location"] == address(second.id, "repeated")
    page = clerk.get(address(second.id, "repeated")).content.decode()
    assert address(first.id) in page
    assert "已经上传过" in page
    clerk.post(address(second.id, "cancel"))
    second.refresh_from_db()
    assert second.state == BatchState.CANCELLED
    assert second.wrapped_key is None
    assert send(clerk, CSV + b"K-9,a,,\n").headers["Location"].endswith("/sheets/")


def test_whose_earlier_file_it_is_stays_unsaid(client: Client, register: Register) -> None:
    cast.upload(register, CSV, "客户.csv", who="agent")
    answer = send(register.world.signed_in(client, "clerk"))
    assert answer.headers["Location"] == address(latest().id, "sheets")


def test_without_keys_nothing_is_taken_and_nothing_shown(
    client: Client, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, CSV, "张三的客户.csv")

    def away(*_: object) -> None:
        raise KeyServiceUnavailable

    monkeypatch.setattr(parcels, "new_key", away)
    monkeypatch.setattr(parcels, "open_key", away)
    before = uploads()
    for answer in (send(clerk), clerk.get(address(batch.id)), clerk.get(address(batch.id, "columns"))):
        assert answer.status_code == 503
        assert "密钥服务没有应答" in answer.content.decode()  # type: ignore[attr-defined]
        assert "张三" not in answer.content.decode()  # type: ignore[attr-defined]
    assert clerk.post(address(batch.id, "cancel")).status_code == 503
    assert uploads() == before
    assert ImportBatch.objects.count() == 1
    page = clerk.get("/customers/imports/")
    assert page.status_code == 200
    assert "张三" not in page.content.decode()


def test_unreadable_bytes_do_not_break_the_pages(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    send(clerk, CSV + b"K-4,\xff\xfe\x81,13800138001,x\n")
    batch = latest()
    page = clerk.get(address(batch.id, "sheets"))
    assert page.status_code == 200
    assert "无法解码" in page.content.decode()
    assert drafts.opened(batch).looks[0].rows == 4
    assert clerk.get(address(batch.id, "columns")).status_code == 200
