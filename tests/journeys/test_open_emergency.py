"""Emergency access with its review: a clerk cannot wait, the officer sees it at once and judges it the next day."""

from datetime import timedelta

import pytest
from playwright.sync_api import expect

from shouxin.access.emergency.models import EmergencyAccess
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PHONE as NUMBER
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
SALES_NAME = "销售跟进/履行合同"


def test_emergency_access_and_its_review(visitor: Visitor, register: Register) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES_NAME)
    page.goto(f"/customers/{register['li']}/")
    page.locator(".sx-card-verbs").get_by_role("link", name="应急访问").click()
    visitor.check_axe()
    page.locator("[name=fields_asked][value=mobile]").check()
    page.get_by_label("事由").select_option(label="送货、安装")
    page.get_by_label("为什么等不及审批").fill("司机在楼下，送货地址不全，客户家中无人应门")
    visitor.screenshot("asked")
    page.get_by_role("button", name="开始应急访问").click()
    expect(page.locator("main")).to_contain_text("应急访问已开始")
    page.locator("form", has=page.locator("[name=field][value=mobile]")).get_by_role(
        "button", name="查看手机号码明文"
    ).click()
    expect(page.locator("body")).to_contain_text(NUMBER)

    page = visitor.sign_in("officer")
    page.goto("/people/duties/")
    page.locator(".sx-top").get_by_role("link", name="应急访问：告警与待我复核").click()  # on every page
    visitor.screenshot("alerted")
    page.get_by_role("link", name="王芳").click()
    expect(page.locator("main")).to_contain_text("进行中")
    expect(page.locator(".sx-timeline").first).to_contain_text("应急访问")
    expect(page.locator("main")).to_contain_text("结束后才能复核")
    visitor.check_axe()

    day = timedelta(days=1)
    access = EmergencyAccess.objects.get()
    EmergencyAccess.objects.update(opened_at=access.opened_at - day, until=access.until - day)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.reload()
    visitor.screenshot("to-review")
    page.get_by_label("属实，必要").check()
    page.get_by_label("依据").fill("已与司机和王芳核对，客户当天补全地址")
    page.get_by_role("button", name="提交复核").click()
    expect(page.locator("main")).to_contain_text("复核已记录")
    visitor.check_axe()
    access.refresh_from_db()
    assert access.finding == "justified"
    page.goto("/")
    expect(page.locator("body")).not_to_contain_text("告警与待我复核")
