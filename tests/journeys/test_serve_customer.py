"""One contact with a customer: find, state purpose and reason once, see a number, and be told no with a way out."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.kit import clock
from tests.journeys.conftest import Visitor
from tests.register import FOOTING, ID_NUMBER, PHONE, Register, grant, kept

SALES_NAME = "销售跟进/履行合同"
MEMBER = {"person_name": "周婷", "mobile": "13955557777", "member_no": "HY-2026-0042"}


@pytest.fixture
def member(register: Register) -> Register:
    """The cast's customers, one with a member number among them, and 王芳's standing grant."""
    world = register.world
    entry = CustomerEntry(
        Kind.PERSON, kept(MEMBER), world.departments["sales"].id, Scope.DEPARTMENT, world.people["clerk"].id
    )
    done = services.store(actor=world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now())
    register.ids["member"] = done[0].customer
    grant(register)
    return register


def find(page: Page, term: str) -> None:
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="查找客户").first.click()
    page.get_by_label("查找客户").fill(term)
    page.get_by_role("button", name="查找", exact=True).click()


def hold_contact(page: Page, reason: str) -> None:
    page.get_by_label("事由").select_option(label=reason)
    page.get_by_role("button", name="开始接待").click()


def test_a_clerk_serves_a_customer(
    member: Register, visitor: Visitor, screenshot: Callable[[str], Path], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES_NAME)

    shown = {"李小明": "李**", PHONE: "李**", "5678": "李**", "HY-2026-0042": "周*"}
    for term, masked in shown.items():
        find(page, term)
        expect(page.get_by_role("link", name=masked, exact=True)).to_be_visible()
        assert "李小明" not in page.locator("table").inner_text()
        assert PHONE not in page.locator("table").inner_text()
    assert not [address for address in visitor.addresses if any(term in address for term in shown)]
    screenshot("found")

    find(page, "李小明")
    page.get_by_role("link", name="李**", exact=True).click()
    values = page.get_by_role("main")
    expect(values).to_contain_text("138****5678")
    for clear in ("李小明", PHONE, ID_NUMBER):
        expect(values).not_to_contain_text(clear)
    expect(page.get_by_role("button", name="查看手机号码明文")).to_have_count(0)

    hold_contact(page, "客户来电、来访")
    expect(values).to_contain_text("接待中：客户来电、来访")
    screenshot("contact")

    page.get_by_role("button", name="查看手机号码明文").click()
    expect(values).to_contain_text(PHONE)
    expect(page.locator(".sx-watermark")).to_contain_text("王芳 clerk")
    check_axe()
    screenshot("revealed")

    page.get_by_role("link", name="返回档案").click()
    expect(values).not_to_contain_text(PHONE)
    timeline = page.get_by_role("region", name="时间线")
    expect(timeline).to_contain_text(f"查看明文：手机号码，目的 {SALES_NAME}，事由 客户来电、来访")
    expect(timeline).to_contain_text("王芳")
    screenshot("timeline")
    page.get_by_role("button", name="查看姓名明文").click()  # the reason still stands
    expect(values).to_contain_text("李小明")


def test_a_field_that_the_purpose_does_not_need_is_refused(
    member: Register, visitor: Visitor, screenshot: Callable[[str], Path], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES_NAME)
    page.goto(f"/customers/{member['li']}/")
    hold_contact(page, "订单、合同办理")
    elsewhere = page.context.new_page()  # in another window the same person turns to another purpose
    elsewhere.goto("/")
    with elsewhere.expect_navigation():
        elsewhere.select_option("#sx-purpose", label="客户服务")
    elsewhere.close()

    page.get_by_role("button", name="查看居民身份证号码明文").click()
    refusal = page.get_by_role("alert")
    expect(refusal).to_contain_text("目的“客户服务”不需要字段：居民身份证号码")
    expect(refusal).to_contain_text("个人信息保护法 第6条")
    expect(refusal).to_contain_text("field.not-for-purpose")
    expect(refusal).to_contain_text("现在可以这样做")
    expect(page.get_by_role("main")).not_to_contain_text(ID_NUMBER)
    check_axe()
    screenshot("refused-field")

    visitor.work_for(SALES_NAME)
    page.goto(f"/customers/{member['li']}/")
    timeline = page.get_by_role("region", name="时间线")
    expect(timeline).to_contain_text("没有放行查看 居民身份证号码")

    page.get_by_role("button", name="查看居民身份证号码明文").click()
    expect(page.get_by_role("alert")).to_contain_text("敏感个人信息，常设授权不覆盖")
    page.get_by_role("link", name="回到脱敏页").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("李**")


def test_a_role_that_the_purpose_does_not_allow_is_refused(
    member: Register, visitor: Visitor, screenshot: Callable[[str], Path], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    offered = page.locator("#sx-purpose option").all_inner_texts()
    assert SALES_NAME in offered
    assert "法定义务" not in offered

    page.goto(f"/gate/explain/?customer={member['li']}")
    page.get_by_label("处理目的").last.select_option(label="法定义务")
    page.get_by_role("button", name="说明").click()
    conclusion = page.get_by_role("region", name="结论")
    expect(conclusion).to_contain_text("您的岗位不能用于目的“法定义务”")
    expect(conclusion).to_contain_text("个人信息保护法 第6条、第51条")
    expect(conclusion).to_contain_text("可以这样做")
    check_axe()
    screenshot("refused-role")

    page.goto("/people/staff/new/")
    expect(page.get_by_role("heading", level=1)).to_have_text("您的角色不能打开此页")


def test_a_colleague_of_another_department_finds_nothing(
    member: Register, visitor: Visitor, screenshot: Callable[[str], Path]
) -> None:
    page = visitor.sign_in("agent")
    visitor.work_for(SALES_NAME)
    find(page, PHONE)
    expect(page.get_by_role("main")).to_contain_text("没有找到")
    screenshot("found-nothing")
    page.goto(f"/customers/{member['li']}/")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")


def test_the_page_stands_at_200_percent_and_the_focus_is_seen(member: Register, visitor: Visitor) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES_NAME)
    page.set_viewport_size({"width": 720, "height": 450})  # what 200 % leaves of 1440 × 900
    page.goto(f"/customers/{member['li']}/")
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    visitor.screenshot("200-percent")
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("getComputedStyle(document.activeElement).outlineStyle"))
    assert seen == {"solid"}


def test_the_language_can_be_changed(member: Register, visitor: Visitor) -> None:
    page = visitor.sign_in("clerk")
    page.locator("details.sx-user summary").click()
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    visitor.screenshot("english")
