"""A customer on their phone lets one company have it and another not, keeps the receipt, and takes it back alone."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.consents import leaving
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering import doors
from tests.companies import ABROAD, PARTNER, entered, revised
from tests.journeys.conftest import PHONE, Visitor
from tests.register import Register

MARKETING = "marketing"


def looked_at(page: Page, check_axe: Callable[[], None]) -> None:
    """It fits the phone, and axe finds nothing serious."""
    check_axe()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.clause("C3.2")
def test_each_company_is_the_customer_s_own_choice(
    register: Register,
    visitor: Visitor,
    check_axe: Callable[[], None],
    screenshot: Callable[[str], None],
) -> None:
    partner, lion = entered(register.world, PARTNER, ABROAD)
    wall = "官网感谢墙显示姓氏"
    revised(register.world, MARKETING, named=[partner, lion], publishes_zh=wall)

    def receives() -> list[str]:
        return [
            one.name_zh
            for one in (partner, lion)
            if leaving.to_company(
                purpose=MARKETING, recipient=one.id, customers=[register["li"]], now=clock.now()
            ).fields
        ]

    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    token = browser(register).cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{visitor.base}/my/"}])
    page.goto(f"/my/choices/{MARKETING}/")
    for text in ("提供给佳居家装有限公司", "境外的狮城家居有限公司（新加坡）", f"公开我的信息：{wall}"):
        expect(page.get_by_role("main")).to_contain_text(text)
    ticks = page.get_by_role("checkbox")
    assert not any(ticks.nth(number).is_checked() for number in range(ticks.count()))
    looked_at(page, check_axe)
    page.locator("input[value=general]").check()
    page.get_by_label("提供给佳居家装有限公司").check()
    screenshot("companies")
    page.get_by_role("button", name="保存我的选择").click()
    expect(page.get_by_role("main")).to_contain_text("已同意 向他人提供的单独同意：佳居家装有限公司")
    expect(page.get_by_role("main")).to_contain_text("未同意 向境外提供的单独同意：狮城家居有限公司")
    looked_at(page, check_axe)
    screenshot("receipt")
    assert receives() == ["佳居家装有限公司"]
    page.get_by_role("link", name="返回我的选择").click()
    looked_at(page, check_axe)
    page.get_by_role("button", name="撤回：佳居家装有限公司").click()
    expect(page.get_by_role("main")).to_contain_text("已撤回 向他人提供的单独同意：佳居家装有限公司")
    assert receives() == []
    page.get_by_role("link", name="返回我的选择").click()
    card = page.locator("section", has=page.get_by_role("heading", name="营销推广"))
    expect(card).to_contain_text("已同意")  # the purpose itself goes on
