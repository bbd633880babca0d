"""A CRM is connected: told of changes at an approved address, acknowledges; a source that guesses is let in again."""

import threading

import httpx
import pytest
from django.db import connection

from shouxin.customers.registry import services as registry
from shouxin.kit import clock
from shouxin.people.guarding import services as guarding
from shouxin.people.guarding.rules import OF_ADDRESS
from tests.harness.jobs import run_queued
from tests.harness.receiver import Receiver
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_rotate_token import _issued
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db(transaction=True)


def _told() -> None:
    """Do what is queued, in a thread of its own: this one belongs to the browser's loop."""

    def work() -> None:
        run_queued("webhooks")
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _asks(visitor: Visitor, token: str, route: str, body: object) -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.post(f"{visitor.base}/api/v1/{route}", headers=headers, json=body)


def _change(register: Register) -> None:
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=1,
        values=kept({"mobile": "13800002222"}),
        now=clock.now(),
    )


def test_head_connects_a_crm_and_sees_what_it_was_told(visitor: Visitor, register: Register) -> None:
    path, token = _issued(register)
    with Receiver() as receiver:
        page = visitor.sign_in("sales_head")
        page.goto(path)
        page.get_by_role("link", name="申请推送地址").click()
        page.fill("#id_url", receiver.url)
        page.fill("#id_networks", "127.0.0.1")
        page.fill("#id_reason", "同步客户变更")
        visitor.screenshot("ask")
        visitor.check_axe()
        page.get_by_role("button", name="提交申请").click()
        page = visitor.sign_in("officer")
        page.goto("/access/webhooks/?state=awaiting")
        page.get_by_role("link", name="订单系统").click()
        page.get_by_role("button", name="批准").click()
        assert page.inner_text("#secret").startswith("whsec_")
        visitor.screenshot("secret")

        body = {"purpose": SALES, "reason": "delivery", "fields": ["mobile"], "form": "token"}
        read = _asks(visitor, token, "customers:read", {**body, "ids": [str(register["li"])]})
        assert read.json()["results"][0]["values"]["mobile"]["form"] == "token"
        _change(register)
        _told()
        assert len(receiver.got) == 1

        page = visitor.sign_in("sales_head")
        page.goto("/access/webhooks/")
        page.get_by_role("link", name="订单系统").click()
        page.get_by_role("button", name="发送测试").click()
        _told()
        page.reload()
        visitor.screenshot("messages")
        visitor.check_axe()
        page.get_by_role("button", name="重新推送").first.click()
        page.wait_for_selector("text=消息编号不变")
        page.locator("td a").first.click()
        visitor.screenshot("message")
        visitor.check_axe()
    listed = _asks(visitor, token, "changes:list", {}).json()["changes"]
    _asks(visitor, token, "changes:acknowledge", {"ids": [listed[0]["id"]]})
    page.goto("/access/sync/")
    assert "已确认" in page.inner_text("table")
    visitor.screenshot("sync")
    visitor.check_axe()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.screenshot("sync-phone")
    page.goto("/access/webhooks/")
    visitor.screenshot("webhooks-phone")


def test_security_administrator_lets_a_source_in_again(visitor: Visitor, register: Register) -> None:
    clerk = register.world.people["clerk"].id
    for _ in range(OF_ADDRESS.block):
        guarding.sign_in_failed(address="198.51.100.9", account=clerk, now=clock.now())
    page = visitor.sign_in("security_admin")
    page.goto("/people/guard/")
    visitor.screenshot("guard")
    visitor.check_axe()
    page.once("dialog", lambda dialog: dialog.accept())
    page.locator("tr", has_text="198.51.100.9").get_by_role("button", name="解除").click()
    page.wait_for_selector("text=已解除限制")
    page = visitor.sign_in("clerk")
    page.get_by_role("link", name="账号安全提醒").first.click()
    page.wait_for_selector("text=有人反复猜测您的登录名的密码")
    visitor.screenshot("notices")
    visitor.check_axe()
    page.get_by_role("button", name="全部知道了").click()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    visitor.screenshot("notices-phone")
