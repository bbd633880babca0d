"""One contact with a customer: find, state purpose and reason once, see a number, and be told no with a way out."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.register import ID_NUMBER, PHONE, Register, grant

SALES_NAME = "销售跟进/履行合同"


@pytest.fixture
def member(register: Register) -> Register:
    """The cast's customers, and 王芳's standing grant."""
    grant(register)
    return register


def find(page: Page, term: str) -> None:
    page.get_by_role("navigation", name="主菜单").get_by_role("link", name="查找客户").first.click()
    page.get_by_label("查找客户").fill(term)
    page.get_by_role("button", name="查找", exact=True).click()


def hold_contact(page: Page, reason: str) -> None:
    page.get_by_label("事由").select_option(label=reason)
    page.get_by_role("button", name="开始接待").click()


def test_a_field_that_the_purpose_does_not_need_is_refused(
    member: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
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
    member: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
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
    member: Register, visitor: Visitor, screenshot: Callable[[str], None]
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
