"""Entering a customer by hand: what is wrong is named, kept as 未核验, and nothing needs a mouse."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.register import Register

LEASING = "租赁业务"
WRONG_ID = "110105194912310021"  # the check digit would be X
IMPOSSIBLE = "1990-02-30"


def tab_to(page: Page, selector: str) -> None:
    """Go there as somebody without a mouse does."""
    for _ in range(120):
        if page.evaluate("where => document.activeElement.matches(where)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def type_into(page: Page, selector: str, text: str) -> None:
    tab_to(page, selector)
    page.keyboard.insert_text(text)


def test_a_person_is_entered_with_the_keyboard_alone(
    register: Register,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    page = visitor.sign_in("clerk")
    tab_to(page, "#sx-purpose")
    while page.locator("#sx-purpose option:checked").inner_text() != LEASING:
        page.keyboard.press("ArrowDown")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    tab_to(page, "nav a[href='/customers/new/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/customers/new/")
    check_axe()
    type_into(page, "#id_person_name", "王小波")
    type_into(page, "#id_mobile", "13900001234")
    type_into(page, "#id_birth_date", IMPOSSIBLE)
    type_into(page, "#id_id_number", WRONG_ID)
    screenshot("typed")
    tab_to(page, ".sx-form-actions button")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", level=1)).to_contain_text("王**")
    told = page.get_by_role("status")
    expect(told).to_contain_text("已保存。")
    expect(told).to_contain_text("居民身份证号码：")
    expect(told).to_contain_text("出生日期：")
    expect(told).to_contain_text("已按“未核验”保存。")
    expect(page.locator("dd", has_text="110***********0021")).to_contain_text("未核验")
    main = page.get_by_role("main")
    expect(main).not_to_contain_text(WRONG_ID)
    expect(page.locator(".sx-values dd", has_text="139****1234")).not_to_contain_text("未核验")
    expect(page.get_by_role("region", name="时间线")).to_contain_text("建立客户档案")
    check_axe()
    screenshot("kept-unverified")
    assert not [address for address in visitor.addresses if "王小波" in address or WRONG_ID in address]


def test_a_missing_name_is_said_beside_the_field_and_nothing_is_lost(
    register: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for(LEASING)
    page.goto("/customers/new/")
    page.get_by_label("手机号码").fill("13900001234")
    page.get_by_role("button", name="保存").click()
    field = page.locator(".sx-row", has=page.locator("#id_person_name"))
    expect(field.get_by_role("alert")).to_be_visible()
    expect(page.get_by_label("手机号码")).to_have_value("13900001234")
    check_axe()
    screenshot("name-missing")


def test_an_organisation_is_entered_with_contact_and_order(
    register: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for("销售跟进/履行合同")
    page.goto("/customers/new/")
    page.get_by_role("navigation", name="客户类型").get_by_text("单位").click()
    page.get_by_label("单位名称").fill("东海办公用品有限公司")
    page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="新增联系人").click()
    page.get_by_label("联系人姓名").fill("黄磊")
    page.get_by_label("联系人手机号码").fill("13612340000")
    page.get_by_role("button", name="保存").click()
    main = page.get_by_role("main")
    expect(main).to_contain_text("136****0000")
    expect(main).not_to_contain_text("黄磊")
    page.get_by_role("link", name="新增订单").click()
    page.get_by_label("订单编号").fill("DH-2026-7")
    page.get_by_label("产品名称 1").fill("文件柜")
    page.get_by_label("数量 1").fill("4")
    page.get_by_label("产品名称 2").fill("会议桌")
    page.get_by_label("数量 2").fill("很多")
    page.get_by_role("button", name="保存").click()
    screenshot("order-answer")
    expect(page.get_by_role("heading", level=1)).to_contain_text("东海办公用品有限公司")
    page.locator("summary", has_text="明细 2 行").click()
    lines = page.get_by_role("region", name="明细")
    expect(lines).to_contain_text("文件柜")
    expect(page.get_by_role("status")).to_contain_text("第 2 行 数量：")
    expect(lines.get_by_role("columnheader", name="数量 未核验")).to_be_visible()
    check_axe()
    screenshot("organisation")


def test_two_people_edit_one_customer_and_nothing_is_overwritten(
    register: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for("销售跟进/履行合同")
    address = f"/customers/{register['li']}/edit/"
    page.goto(address)
    other = page.context.new_page()
    other.goto(address)
    other.get_by_label("工作单位").fill("东方商贸")
    other.get_by_role("button", name="保存").click()
    expect(other.get_by_role("status")).to_contain_text("已保存。")
    other.close()

    page.get_by_label("工作单位").fill("西方商贸")
    page.get_by_role("button", name="保存").click()
    warning = page.get_by_role("alert")
    expect(warning).to_contain_text("别人已经修改了这位客户")
    expect(warning).to_contain_text("王芳：工作单位")
    expect(page.get_by_role("textbox", name="工作单位")).to_have_value("西方商贸")
    check_axe()
    screenshot("conflict")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已保存。")


def test_saving_without_a_change_says_so(register: Register, visitor: Visitor) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for("销售跟进/履行合同")
    page.goto(f"/customers/{register['li']}/edit/")
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("没有改动")
