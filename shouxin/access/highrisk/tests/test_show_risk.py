"""High risk in the browser: the badge and verbs, a reveal that asks for the second factor, the alert that follows."""

from uuid import UUID

import pytest
from django.test import Client

from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.highrisk.tests.conftest import mark, mark_field, strict
from shouxin.people.models import Staff
from tests.register import PHONE, SALES, Register
from tests.world import code_now

pytestmark = pytest.mark.django_db


def at_work(client: Client, register: Register, who: str) -> Client:
    register.world.signed_in(client, who)
    client.post("/purpose/", {"purpose": SALES})
    return client


def page(client: Client, customer: UUID) -> str:
    return client.get(f"/customers/{customer}/").content.decode()


def test_it_is_proposed_on_the_customers_page_and_approved_by_another(
    register: Register, client: Client
) -> None:
    li = register["li"]
    at_work(client, register, "sales_head")
    assert "申请标为高风险" in page(client, li)
    asked = client.post(f"/access/risk/customers/{li}/", {"reason": "常有人冒充家属"}, follow=True)
    assert "等待他人批准" in asked.content.decode()
    made = RiskMark.objects.get()
    client.post(f"/access/risk/{made.id}/approve/")
    assert RiskMark.objects.get().state == "proposed"
    at_work(client, register, "officer")
    assert "待我审批的高风险标记" in client.get("/").content.decode()
    client.post(f"/access/risk/{made.id}/approve/")
    assert RiskMark.objects.get().state == "active"
    at_work(client, register, "clerk")
    shown = page(client, li)
    assert "看明文须 10 分钟内的二次认证" in shown
    assert f"/access/risk/customers/{li}/" not in shown


def test_a_reveal_asks_for_the_second_factor_and_then_shows_the_value_and_alerts(
    register: Register, client: Client
) -> None:
    li = register["li"]
    mark(register)
    strict(register)
    at_work(client, register, "clerk")
    client.post(f"/customers/{li}/contact/", {"reason_class": "order"})
    refused = client.post(f"/customers/{li}/reveal/", {"field": "mobile"})
    assert refused.status_code == 403  # no second factor at all: told how to set one up
    assert "/second-factor/app/" in refused.content.decode()
    register.world.code("clerk")
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    session = client.session
    session["second_factor"]["at"] -= 3600
    session.save()
    asked = client.post(f"/customers/{li}/reveal/", {"field": "mobile"}).content.decode()
    assert PHONE not in asked
    assert "10 分钟内的二次认证" in asked
    shown = client.post(
        f"/customers/{li}/reveal/", {"field": "mobile", "factor_code": code_now()}
    ).content.decode()
    assert PHONE in shown
    assert RiskAlert.objects.count() == 1
    at_work(client, register, "officer")
    assert "高风险查看提醒" in client.get("/").content.decode()
    assert "注明已阅" in client.get("/access/risk/alerts/?state=new").content.decode()
    client.post(f"/access/risk/alerts/{RiskAlert.objects.get().id}/seen/")
    assert RiskAlert.objects.get().officer == Staff.objects.get(id=register.world.people["officer"].id)


def test_a_field_of_high_risk_says_so_on_its_page(register: Register, client: Client) -> None:
    at_work(client, register, "officer")
    assert "申请标为高风险" in client.get("/rules/fields/mobile/").content.decode()
    assert "申请标为高风险" not in client.get("/rules/fields/company_name/").content.decode()
    made = mark_field(register)
    assert "看明文须 10 分钟内的二次认证" in client.get("/rules/fields/mobile/").content.decode()
    detail = client.get(f"/access/risk/{made.id}/").content.decode()
    assert "数据密钥正在改由独立密钥封装" in detail
    assert "手机号" in client.get("/access/risk/?state=force").content.decode()
