"""What became of an import, on screens: reconciliation, refused rows, the head's word, and the first report."""

import io
from typing import Any

import openpyxl
import pytest
from django.test import Client

from shouxin.customers.intake.models import Standing
from shouxin.customers.intake.tests.screens import CSV, address, checked, done
from shouxin.customers.registry.models import Customer, Source, Visibility
from shouxin.journal.queries import of_events
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
OUTSIDE: dict[str, Any] = {"source": Source.EXTERNAL, "supplier": "数据公司", "evidence": "合同 2026-1"}
WRONG = "客户编号,姓名,身份证号,手机号\nK-1,王小丫,110105194912310021,13800138000\nK-2,李四光,,13800138000\n".encode()


def text(answer: Any) -> str:
    return str(answer.content.decode())


def body(answer: Any) -> bytes:
    return b"".join(answer.streaming_content)


def test_refused_rows_come_back_as_a_file_for_the_importer(client: Client, register: Register) -> None:
    batch = done(register)
    clerk = register.world.signed_in(client, "clerk")
    assert "下载 XLSX" in text(clerk.get(address(batch.id, "result")))
    sent = body(clerk.post(address(batch.id, "refused"), {"sheet": "0", "format": "csv"})).decode("utf-8-sig")
    assert "13900139000" in sent
    assert "缺少必填项" in sent
    book = body(clerk.post(address(batch.id, "refused"), {"sheet": "0", "format": "xlsx"}))
    sheet = openpyxl.load_workbook(io.BytesIO(book)).active
    assert sheet is not None
    assert sheet["A2"].value == "K-3"
    assert [line.data["count"] for line in of_events(["batch.refusals_downloaded"])] == [1, 1]
    for wrong in ({"format": "pdf"}, {"format": "csv", "sheet": "7"}, {}):
        assert clerk.post(address(batch.id, "refused"), wrong).status_code == 404
    head = register.world.signed_in(client, "sales_head")
    assert "下载 CSV" not in text(head.get(address(batch.id, "result")))


def test_refused_rows_can_be_destroyed(client: Client, register: Register) -> None:
    batch = done(register)
    clerk = register.world.signed_in(client, "clerk")
    page = text(clerk.post(address(batch.id, "refused/destroy"), follow=True))
    assert "这些行的内容已销毁" in page
    assert clerk.post(address(batch.id, "refused"), {"sheet": "0", "format": "csv"}).status_code == 404


def test_the_head_confirms_by_typing_the_number(client: Client, register: Register) -> None:
    batch = done(register)
    head = register.world.signed_in(client, "sales_head")
    wrong = head.post(address(batch.id, "decision"), {"verb": "confirm", "typed": "3"})
    assert wrong.status_code == 422
    assert "请输入 2 以确认" in text(wrong)
    batch.refresh_from_db()
    assert batch.standing == Standing.UNCONFIRMED
    answer = head.post(address(batch.id, "decision"), {"verb": "confirm", "typed": "2"}, follow=True)
    assert "已确认：2 位客户" in text(answer)
    assert Customer.objects.filter(batch_id=batch.id, visibility=Visibility.OPEN).count() == 2
    assert head.get(address(batch.id, "decision")).status_code == 404


def test_a_rejection_needs_a_reason_and_destroys(client: Client, register: Register) -> None:
    batch = done(register)
    head = register.world.signed_in(client, "sales_head")
    said = {"verb": "reject", "typed": "2", "note": " "}
    assert head.post(address(batch.id, "decision"), said).status_code == 422
    answer = head.post(address(batch.id, "decision"), {**said, "note": "来源不明"}, follow=True)
    assert "2 位客户的数据已销毁" in text(answer)
    assert "来源不明" in text(answer)
    assert not Customer.objects.filter(batch_id=batch.id).exists()


@pytest.mark.clause("A2.2")
def test_a_second_person_accepts_an_outside_source(client: Client, register: Register) -> None:
    batch = done(register, CSV, **OUTSIDE)
    head = register.world.signed_in(client, "sales_head")
    page = text(head.get(address(batch.id, "decision")))
    assert "数据公司" in page
    assert "确认这个批次" not in page
    assert head.post(address(batch.id, "decision"), {"verb": "accept", "note": ""}).status_code == 422
    answer = head.post(address(batch.id, "decision"), {"verb": "accept", "note": "已核对合同"}, follow=True)
    assert "来源已核准" in text(answer)
    batch.refresh_from_db()
    assert batch.standing == Standing.UNCONFIRMED
    assert batch.accepted_by == register.world.people["sales_head"]


@pytest.mark.clause("A2.2")
def test_an_outside_batch_that_is_not_accepted_is_destroyed(client: Client, register: Register) -> None:
    batch = done(register, CSV, **OUTSIDE)
    officer = register.world.signed_in(client, "officer")
    said = {"verb": "reject", "typed": "2", "note": "没有授权文件"}
    assert "数据已销毁" in text(officer.post(address(batch.id, "decision"), said, follow=True))
    batch.refresh_from_db()
    assert (batch.standing, batch.supplier, batch.decision_note) == ("rejected", "数据公司", "没有授权文件")
    assert not Customer.objects.filter(batch_id=batch.id).exists()


def test_nobody_decides_on_their_own_batch(client: Client, register: Register) -> None:
    batch = done(register)
    clerk = register.world.signed_in(client, "clerk")
    assert clerk.get(address(batch.id, "decision")).status_code == 403
    assert "等“销售部”的负责人确认" in text(clerk.get(address(batch.id, "result")))
    outsider = register.world.signed_in(client, "marketing_head")
    assert outsider.post(address(batch.id, "decision"), {"verb": "confirm", "typed": "2"}).status_code == 404


def test_the_first_report_says_what_was_found_and_where_to_act(client: Client, register: Register) -> None:
    columns = {"": ("customer_no", "person_name", "id_number", "mobile")}
    batch = done(register, WRONG, columns=columns)
    for who in ("clerk", "sales_head", "officer"):
        page = text(register.world.signed_in(client, who).get(address(batch.id, "report")))
        assert "敏感个人信息" in page
        assert "校验码" in page
        assert "2 位新客户的“" in page
        assert "保存期限" in page
        assert "≥ 100,000" in page
        assert "≥ 1,000,000" in page
        assert "已核对原文" in page
        assert "不是法律意见" in page
        assert "13800138000" not in page
        assert "王小丫" not in page
        assert "110105194912310021" not in page
        assert f"/rules/purposes/{batch.purpose}/" in page
    assert register.world.signed_in(client, "agent").get(address(batch.id, "report")).status_code == 404


def test_the_report_names_a_basis_that_is_missing(client: Client, register: Register) -> None:
    batch = done(register, CSV, **OUTSIDE)
    officer = register.world.signed_in(client, "officer")
    assert "外部来源还没有经另一位人员核准" in text(officer.get(address(batch.id, "report")))


def test_there_is_no_report_before_the_end(client: Client, register: Register) -> None:
    batch = checked(register, CSV)
    clerk = register.world.signed_in(client, "clerk")
    assert clerk.get(address(batch.id, "report")).status_code == 404
