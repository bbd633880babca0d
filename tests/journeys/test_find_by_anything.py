"""An organisation with contacts, addresses, preferences and orders is found again by any of them, with its past."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Visitor
from tests.register import Register

NAME = "东海办公用品有限公司"
OLD, NEW = "福建省福州市台江区江滨中大道378号宸鸿国际中心", "福建省福州市鼓楼区五四路128号恒力城"
CONTACTS = {"黄磊": "13612340000", "郑爽爽": "13612350001"}
ORDERS = {
    "DH-2026-7": "福建省厦门市思明区湖滨南路90号立信广场",
    "DH-2026-8": "221B Baker Street, London NW1 6XE",
}


def enter(page: Page) -> None:
    """By hand, on the screens."""
    page.goto("/customers/new/")
    page.get_by_role("navigation", name="客户类型").get_by_text("单位").click()
    page.get_by_label("单位名称").fill(NAME)
    page.get_by_label("注册地址").fill(OLD)
    page.get_by_role("button", name="保存").click()
    for name, phone in CONTACTS.items():
        page.get_by_role("link", name="新增联系人").click()
        page.get_by_label("联系人姓名").fill(name)
        page.get_by_label("联系人手机号码").fill(phone)
        page.get_by_role("button", name="保存").click()
    for number, address in ORDERS.items():
        page.get_by_role("link", name="新增订单").click()
        page.get_by_label("订单编号").fill(number)
        page.get_by_label("收货/安装地址").fill(address)
        page.get_by_role("button", name="保存").click()
    page.get_by_role("link", name="登记联系限制").click()
    page.get_by_label("短信").check()
    page.get_by_label("沟通语言").select_option("粤语")
    page.get_by_role("button", name="保存").click()


def find(page: Page, term: str, wish: str = "") -> None:
    page.goto("/customers/find/")
    page.get_by_label("查找客户").fill(term)
    if wish:
        page.get_by_text("同时按条件筛选").click()
        page.get_by_label("联系偏好").select_option(label=wish)
    page.get_by_role("button", name="查找", exact=True).click()


@pytest.mark.clause("B5.1.3")
def test_an_organisation_is_found_by_whatever_is_known_of_it(
    register: Register,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    page = visitor.sign_in("clerk")
    visitor.work_for("销售跟进/履行合同")
    enter(page)
    customer = page.url
    hit = page.get_by_role("main").get_by_role("link", name=NAME)
    known = [
        "宸鸿国际",
        "郑爽爽",
        "13612340000",
        "黄 0000",
        "DH-2026-8",
        "厦门市湖滨南路90号",
        "221b baker st",
    ]
    for term in known:
        find(page, term)
        expect(hit).to_have_count(1)
    for wish in ("谢绝短信联系", "沟通语言：粤语"):
        find(page, "", wish)
        expect(hit).to_have_count(1)
    check_axe()
    screenshot("found-by-preference")
    find(page, "宸鸿国际", "谢绝上门联系")
    expect(page.get_by_role("main")).to_contain_text("没有找到")
    find(page, "江滨中大道")
    expect(page.get_by_role("main")).to_contain_text("请加上门牌号")
    screenshot("road-alone")

    page.goto(f"{customer}edit/")
    page.get_by_role("textbox", name="注册地址").fill(NEW)
    page.get_by_role("button", name="保存").click()
    find(page, "宸鸿国际")
    expect(hit).to_have_count(0)
    find(page, "恒力城")
    hit.click()
    page.get_by_role("link", name="字段历史").first.click()
    lines = page.locator("tbody tr")
    newest, oldest = lines.first, lines.last
    expect(newest).to_contain_text(NEW)
    expect(oldest).to_contain_text(OLD)
    for line in (newest, oldest):
        expect(line).to_contain_text(re.compile(r"20\d\d-\d\d-\d\d \d\d:\d\d.*王芳", re.DOTALL))
    screenshot("history")
    assert not [address for address in visitor.addresses if "baker" in address or "13612340000" in address]
