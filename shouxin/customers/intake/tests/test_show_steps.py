"""The import wizard as its importer walks through it, without scripts: every step has an address and can be left."""

from typing import Any

import pytest
from django.test import Client

from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import BatchState, ImportBatch, Standing
from shouxin.customers.intake.tests import cast
from shouxin.customers.intake.tests.screens import CSV, address, checked, done, latest, send
from shouxin.customers.registry.models import Customer
from tests.harness.jobs import run_queued
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
CHOSEN = {"c-0-0": "customer_no", "c-0-1": "person_name", "c-0-2": "mobile", "c-0-3": "-"}


def declared(register: Register, batch: ImportBatch, **changes: str) -> dict[str, str]:
    plain = {
        "revision": str(batch.draft_revision),
        "purpose": SALES,
        "channel": "migration",
        "source": "internal",
        "department": str(register.world.departments["sales"].id),
        "responsible": "",
        "scope": "department",
        "existing": "fill",
    }
    return {**plain, **changes}


def to(answer: Any) -> str:
    """Where an answer leads: the last part of the address."""
    return str(answer.headers["Location"]).rstrip("/").rpartition("/")[2]


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_file_goes_through_every_step(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    assert to(send(clerk)) == "sheets"
    batch = latest()
    page = text(clerk.get(address(batch.id, "sheets")))
    assert "客户.csv" in page
    assert "王小丫" in page
    assert "sx-watermark" in page
    as_found = {"revision": 1, "encoding": "utf-8", "delimiter": ",", "header-0": "1"}
    assert to(clerk.post(address(batch.id, "sheets"), as_found)) == "columns"
    assert "表头是“客户编号”的常见写法" in text(clerk.get(address(batch.id, "columns")))
    assert to(clerk.post(address(batch.id, "columns"), {"revision": 2, **CHOSEN})) == "declaration"
    page = text(clerk.get(address(batch.id, "declaration")))
    assert "个人信息保护法 第13条第1款第2项" in page
    assert "所选 3 列中需要 3 列" in page
    batch.refresh_from_db()
    assert to(clerk.post(address(batch.id, "declaration"), declared(register, batch))) == "check"
    # The check has begun by itself: nothing stands between the declaration and it.
    assert "正在检查" in text(clerk.get(address(batch.id, "check")))
    run_queued("intake")
    _preview_and_run(clerk, batch)


def _preview_and_run(clerk: Client, batch: ImportBatch) -> None:
    assert to(clerk.get(address(batch.id, "check"))) == "preview"
    page = text(clerk.get(address(batch.id, "preview")))
    assert "将读取 3 行：新建 2 位客户" in page
    assert 'value="1380013"' in page
    wrong = clerk.post(address(batch.id, "start"), {"typed": "2"})
    assert wrong.status_code == 422
    assert "请输入 3 以确认" in text(wrong)
    assert to(clerk.post(address(batch.id, "start"), {"typed": "3"})) == "run"
    assert clerk.get(address(batch.id, "progress")).json()["going"] is True
    assert "noscript" in text(clerk.get(address(batch.id, "run")))
    run_queued("intake")
    assert "2 + 0 + 0 + 1 + 0 = 3" in text(clerk.get(address(batch.id, "result")))
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert batch.standing == Standing.UNCONFIRMED


@pytest.mark.clause("B6.2.1")
def test_what_is_missing_is_listed_with_its_place(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, "客户编号,姓名,神秘\nK-1,王小丫,x\n".encode(), "a.csv")
    page = text(clerk.get(address(batch.id, "columns")))
    assert "1 列待决定" in page
    page = text(clerk.get(address(batch.id, "check")))
    assert "还没有声明目的" in page
    assert f"{address(batch.id, 'columns')}#c-0-2" in page
    assert "开始检查" not in page
    assert to(clerk.post(address(batch.id, "check"), {"revision": 1})) == "check"
    batch.refresh_from_db()
    assert batch.state == BatchState.DRAFT


def test_a_sheet_with_two_tables_is_not_imported(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, "客户编号,姓名\nK-1,甲\nK-2,乙\n客户编号,姓名\nK-3,丙\n".encode(), "a.csv")
    cast.decide(register, batch.id)
    page = text(clerk.get(address(batch.id, "check")))
    assert "这张工作表里不止一个表" in page
    assert "开始检查" not in page
    batch.refresh_from_db()
    clerk.post(address(batch.id, "check"), {"revision": batch.draft_revision})
    batch.refresh_from_db()
    assert batch.state == BatchState.DRAFT


def test_a_field_the_purpose_does_not_need_is_said(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, "客户编号,姓名,销售额,订单编号\nK-1,王小丫,5,A-1\n".encode(), "a.csv")
    cast.decide(register, batch.id, purpose="service")
    page = text(clerk.get(address(batch.id, "check")))
    assert "不是目的“客户服务”所需要的" in page
    assert "销售额（目的不需要）" in text(clerk.get(address(batch.id, "columns")))


def test_another_tab_overwrites_nothing(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, CSV, "客户.csv")
    script = {"accept": "application/json"}
    first = {"revision": 1, **CHOSEN, "c-0-3": "remark"}
    answer = clerk.post(address(batch.id, "columns"), first, headers=script)
    assert answer.json() == {"revision": 2}
    second = clerk.post(address(batch.id, "columns"), {"revision": 1, **CHOSEN})
    page = text(clerk.get(second.headers["Location"]))
    assert "另一个窗口里改过" in page
    late = clerk.post(address(batch.id, "columns"), {"revision": 1, **CHOSEN}, headers=script)
    assert late.status_code == 409
    assert "没有覆盖任何内容" in late.json()["problem"]
    batch.refresh_from_db()
    assert drafts.opened(batch).sheets[0].columns[3] == "remark"


def test_sheets_and_declaration_are_kept_as_they_are_filled_in(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, CSV, "客户.csv")
    script = {"accept": "application/json"}
    reading = {"revision": 1, "encoding": "utf-8", "delimiter": ",", "header-0": "1"}
    assert clerk.post(address(batch.id, "sheets"), reading, headers=script).json() == {"revision": 2}
    batch.refresh_from_db()
    half = declared(register, batch, purpose="")
    answer = clerk.post(address(batch.id, "declaration"), half, headers=script)
    assert (answer.status_code, answer.json()["problem"]) == (422, "还没有填完，填完后自动保存。")
    answer = clerk.post(address(batch.id, "declaration"), declared(register, batch), headers=script)
    assert answer.json() == {"revision": 3}
    late = clerk.post(address(batch.id, "declaration"), declared(register, batch), headers=script)
    assert late.status_code == 409


def test_the_reading_of_a_text_file_can_be_corrected(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    content = "说明：客户名单\n客户编号;姓名\nK-1;王小丫\nK-2;李四光\n".encode("gb18030")
    batch = cast.upload(register, content, "a.csv")
    said = {"revision": 1, "encoding": "gb18030", "delimiter": ";", "header-0": "2"}
    answer = clerk.post(address(batch.id, "sheets"), {**said, "delimiter": ","}, follow=True)
    assert "已按您的更正重新读取" in text(answer)
    answer = clerk.post(address(batch.id, "sheets"), {**said, "revision": 2}, follow=True)
    assert "王小丫" in text(answer)
    batch.refresh_from_db()
    assert drafts.opened(batch).sheets[0].layout.header == ("客户编号", "姓名")
    bad = clerk.post(address(batch.id, "sheets"), {**said, "revision": 3, "header-0": "-1"})
    assert bad.status_code == 422


def test_next_months_file_needs_three_clicks(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    earlier = done(register)
    customers = Customer.objects.count()
    send(clerk, CSV.replace(b"K-", b"M-"), "十二月.csv")
    batch = latest()
    page = text(clerk.get(address(batch.id, "sheets")))
    assert "沿用上次的，直接检查" in page
    assert "沿用" in text(clerk.get(address(batch.id, "columns")))
    said = {"revision": 1, "earlier": str(earlier.id)}
    assert to(clerk.post(address(batch.id, "repeat"), said)) == "check"
    run_queued("intake")
    clerk.post(address(batch.id, "start"), {"typed": "3"})
    run_queued("intake")
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert batch.purpose == earlier.purpose
    assert Customer.objects.count() == customers + 2


def test_only_own_and_alike_batches_are_repeated(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    done(register)
    send(clerk, "编号,名字,电话\n1,王小丫,13800138000\n".encode())
    batch = latest()
    assert "直接检查" not in text(clerk.get(address(batch.id, "sheets")))
    for earlier in (str(batch.id), "x", str(register["li"])):
        clerk.post(address(batch.id, "repeat"), {"revision": 1, "earlier": earlier})
    batch.refresh_from_db()
    assert (batch.state, batch.purpose) == (BatchState.DRAFT, "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"source": "external"}, "来源为外部提供时必须填写"),
        ({"purpose": "nothing"}, "nothing"),
        ({"department": "00000000-0000-7000-8000-000000000000"}, "00000000"),
        ({"scope": ""}, "sx-error"),
    ],
)
def test_an_incomplete_declaration_stays_on_the_page(
    client: Client, register: Register, change: dict[str, str], said: str
) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = cast.upload(register, CSV, "客户.csv")
    answer = clerk.post(address(batch.id, "declaration"), declared(register, batch, **change))
    assert answer.status_code == 422
    assert said in text(answer)
    batch.refresh_from_db()
    assert batch.purpose == ""


def test_why_a_check_or_run_stopped_is_said_in_words(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    ImportBatch.objects.filter(id=batch.id).update(state="failed", problem="keys.unavailable")
    page = text(clerk.get(address(batch.id, "run")))
    assert "密钥服务没有应答" in page
    assert "继续" in page
    assert to(clerk.post(address(batch.id, "continue"))) == "run"
    assert to(clerk.post(address(batch.id, "pause"))) == "run"
    page = text(clerk.get(address(batch.id, "run")))
    assert "已暂停" in page
    clerk.post(address(batch.id, "continue"))
    run_queued("intake")
    batch.refresh_from_db()
    assert batch.state == BatchState.DONE
    assert clerk.post(address(batch.id, "pause"), follow=True).status_code == 200


def test_giving_up_destroys_the_file(client: Client, register: Register) -> None:
    clerk = register.world.signed_in(client, "clerk")
    batch = checked(register)
    assert "文件和设置已销毁" in text(clerk.post(address(batch.id, "cancel"), follow=True))
    assert "已放弃" in text(clerk.get(address(batch.id, "result")))
    assert clerk.get(address(batch.id, "preview")).status_code in {302, 404}
