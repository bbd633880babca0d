"""The screens of attachments: attaching by the form, previewing with a watermark, and what others see of it."""

import base64
import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from shouxin.customers.attachments.models import Attachment, Kind, State
from shouxin.customers.attachments.tests import cast
from shouxin.customers.registry.models import Customer
from shouxin.people.working_purpose import SESSION_KEY
from tests.attachments.opening import NAME, grant_for_contracts, may_open
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def signed_in(register: Register, client: Client, who: str = "clerk") -> Client:
    register.world.signed_in(client, who)
    kept = client.session
    kept[SESSION_KEY] = SALES
    kept.save()
    return client


def send(client: Client, register: Register, *files: tuple[str, bytes], **more: str) -> Any:
    """The form as a browser sends it; what the browser says of the kind is wrong on purpose."""
    given = [SimpleUploadedFile(name, content, "text/html") for name, content in files]
    data = {"kind": Kind.CONTRACT.value, "channel": "sales", "documents": given, **more}
    return client.post(reverse("customers:attach", args=[register["li"]]), data)


def pictures_in(answer: Any) -> list[Image.Image]:
    found = re.findall(r"data:image/png;base64,([A-Za-z0-9+/=]+)", answer.content.decode())
    return [Image.open(io.BytesIO(base64.b64decode(one))) for one in found]


def address(row: Attachment, name: str = "attachment_open") -> str:
    return reverse(f"customers:{name}", args=[row.customer_id, row.id])


def test_a_clerk_attaches_some_files_and_sees_them_on_the_page_without_their_names(
    register: Register, folder: Path, client: Client
) -> None:
    signed_in(register, client)
    answer = send(client, register, (NAME, cast.pdf()), ("附页.pdf", cast.pdf(2)))
    assert answer.status_code == 302
    page = client.get(reverse("customers:page", args=[register["li"]])).content.decode()
    assert page.count("PDF") >= 2
    assert "未接病毒扫描" in page
    assert "买卖合同.pdf" not in page
    assert [row.added_by for row in Attachment.objects.all()] == [register.world.actor("clerk").pseudonym] * 2


def test_a_refused_file_is_named_with_the_reason_and_the_others_are_stored(
    register: Register, folder: Path, client: Client
) -> None:
    signed_in(register, client)
    answer = send(
        client, register, (NAME, cast.pdf()), ("网页.pdf", b"<html><script>alert(1)</script></html>")
    )
    assert answer.status_code == 422
    told = answer.content.decode()
    assert "网页.pdf" in told
    assert "这种文件不能存" in told
    assert Attachment.objects.count() == 1


def test_a_form_that_is_too_large_is_turned_away_before_it_is_read(
    register: Register, folder: Path, client: Client
) -> None:
    signed_in(register, client)
    read: list[int] = []

    class Counted(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            read.append(size or 0)
            return super().read(size)

    told: dict[str, Any] = {"CONTENT_LENGTH": str(200 * 1024 * 1024), "wsgi.input": Counted(b"")}
    where = reverse("customers:attach", args=[register["li"]])
    answer = client.generic("POST", where, b"", "multipart/form-data; boundary=x", **told)
    assert answer.status_code == 413
    assert read == []


def test_a_file_above_the_limit_is_refused_and_the_others_are_stored(
    register: Register, folder: Path, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouxin.customers.attachments.views.MEGABYTE", 1000)
    signed_in(register, client)
    answer = send(client, register, ("大.pdf", cast.pdf(200)), (NAME, cast.pdf()))
    assert answer.status_code == 422
    assert "超过大小上限" in answer.content.decode()
    assert Attachment.objects.count() == 1


def test_nobody_attaches_by_a_form_that_is_not_ours(register: Register, folder: Path) -> None:
    strict = signed_in(register, Client(enforce_csrf_checks=True))
    assert send(strict, register, (NAME, cast.pdf())).status_code == 403
    assert not Attachment.objects.exists()


def test_a_preview_shows_the_pages_with_the_readers_mark_burnt_in(
    register: Register, folder: Path, client: Client
) -> None:
    row = cast.attach(register, cast.pdf(5), NAME)
    may_open(register)
    signed_in(register, client)
    answer = client.post(address(row))
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert NAME in answer.content.decode()
    drawn = pictures_in(answer)
    assert len(drawn) == 3
    grey = sum(drawn[0].convert("L").histogram()[80:240])
    assert grey > 5000  # a page with one line of text is white but for the mark
    rest = client.post(address(row), {"page": "4"})
    assert len(pictures_in(rest)) == 2


def test_a_document_and_a_workbook_are_shown_as_text(
    register: Register, folder: Path, client: Client
) -> None:
    document = cast.attach(register, cast.docx(), "合同.docx")
    workbook = cast.attach(
        register, cast.xlsx([["品名", "数量"], ["办公椅", 10]]), "清单.xlsx", kind=Kind.OTHER
    )
    may_open(register)
    signed_in(register, client)
    assert "甲方李小明" in client.post(address(document)).content.decode()
    told = client.post(address(workbook)).content.decode()
    assert "办公椅" in told
    assert "10" in told


def test_without_a_grant_the_refusal_says_what_would_work(
    register: Register, folder: Path, client: Client
) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    signed_in(register, client)
    answer = client.post(address(row))
    assert answer.status_code == 403
    assert NAME not in answer.content.decode()


def test_an_attachment_of_another_customer_is_not_found_under_this_one(
    register: Register, folder: Path, client: Client
) -> None:
    other = cast.attach(register, cast.pdf(), NAME, customer=register["zhang"])
    may_open(register)
    signed_in(register, client)
    for name in ("attachment", "attachment_open", "attachment_replace", "attachment_remove"):
        wrong = reverse(f"customers:{name}", args=[register["li"], other.id])
        assert (client.post if name == "attachment_open" else client.get)(wrong).status_code == 404


def test_another_department_finds_nothing(register: Register, folder: Path, client: Client) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    signed_in(register, client, "agent")
    assert client.get(address(row, "attachment")).status_code == 404
    assert client.post(address(row)).status_code in {404, 409}
    assert send(client, register, (NAME, cast.pdf())).status_code in {404, 409}


def test_altered_bytes_are_told_and_recorded(register: Register, folder: Path, client: Client) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    may_open(register)
    (stored,) = folder.iterdir()
    stored.write_bytes(stored.read_bytes()[:-1] + b"x")
    signed_in(register, client)
    answer = client.post(address(row), follow=True)
    assert "与存入时不符" in answer.content.decode()
    page = client.get(reverse("customers:page", args=[register["li"]])).content.decode()
    assert "与存入时不符，没有打开" in page  # the timeline


def test_a_clerk_removes_and_the_head_destroys(register: Register, folder: Path, client: Client) -> None:
    row = cast.attach(register, cast.pdf(), NAME)
    signed_in(register, client)
    assert "移除这个附件" in client.get(address(row, "attachment_remove")).content.decode()
    client.post(address(row, "attachment_remove"))
    row.refresh_from_db()
    assert row.state == State.REMOVED
    assert client.get(address(row, "attachment_destroy")).status_code == 403
    head = signed_in(register, Client(), "sales_head")
    assert "销毁后不能再恢复" in head.get(address(row, "attachment_destroy")).content.decode()
    head.post(address(row, "attachment_destroy"))
    row.refresh_from_db()
    assert row.state == State.DESTROYED


def test_attachments_of_a_merged_customer_stand_on_the_page_of_the_one_that_stands_for_it(
    register: Register, folder: Path, client: Client
) -> None:
    row = cast.attach(register, cast.pdf(), NAME, customer=register["zhang"])
    Customer.objects.filter(id=register["zhang"]).update(absorbed_by=register["li"])
    grant_for_contracts(register)
    signed_in(register, client)
    start = reverse("customers:open_contact", args=[register["li"]])
    client.post(start, {"reason_class": "order", "note": ""})
    page = client.get(reverse("customers:page", args=[register["li"]])).content.decode()
    under = reverse("customers:attachment_open", args=[register["li"], row.id])
    assert under in page
    assert len(pictures_in(client.post(under))) == 1
