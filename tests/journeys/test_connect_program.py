"""A head asks for a program's access, the officer approves, the program reads; the description stands alone."""

from datetime import timedelta

import httpx
import pytest

from shouxin.kit import clock
from tests.journeys.conftest import PHONE, Visitor
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)


def test_head_proposes_officer_approves_program_reads(visitor: Visitor, register: Register) -> None:
    page = visitor.sign_in("sales_head")
    page.goto("/access/clients/")
    page.get_by_role("link", name="申请客户端").click()
    page.check(f"input[name=purposes][value={SALES}]")
    page.get_by_role("button", name="选择字段").click()
    page.fill("#id_name", "订单系统")
    page.select_option("#id_owner", label="王芳")
    page.fill("#id_addresses", "127.0.0.1")
    page.fill("#id_ends_on", (clock.today() + timedelta(days=90)).isoformat())
    page.fill("#id_reason", "订单履约需要联系客户")
    page.check("input[name=clear][value=mobile]")
    page.check("input[name=readable][value=person_name]")
    visitor.screenshot("propose")
    visitor.check_axe()
    page.get_by_role("button", name="提交申请").click()
    page.wait_for_selector("text=等待他人批准")

    page = visitor.sign_in("officer")
    page.goto("/access/clients/?state=awaiting")
    page.get_by_role("link", name="订单系统").click()
    visitor.screenshot("decide")
    page.get_by_role("button", name="批准").click()
    token = page.inner_text("#token")
    visitor.screenshot("token")
    visitor.check_axe()

    answer = httpx.post(
        f"{visitor.base}/api/v1/customers:read",
        headers={"Authorization": f"Bearer {token}"},
        json={
            "purpose": SALES,
            "reason": "delivery",
            "fields": ["person_name", "mobile"],
            "ids": [str(register["li"])],
        },
    )
    values = answer.json()["results"][0]["values"]
    assert values["mobile"]["text"] == "13812345678"
    assert values["person_name"]["form"] == "masked"
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/access/clients/")
    visitor.screenshot("list-phone")
    visitor.check_axe()
    assert page.locator("td .sx-tag", has_text="使用中").is_visible()


def test_description_is_read_without_leaving_the_machine(visitor: Visitor) -> None:
    visitor.page.goto("/api/v1/docs")
    visitor.page.wait_for_selector(".opblock")
    assert visitor.page.locator(".opblock").count() == 11
    visitor.screenshot("docs")
    assert visitor.left_the_machine() == []
    assert visitor.errors == []
