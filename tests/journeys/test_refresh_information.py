"""A clerk works off the refresh list: what is unchanged is verified unseen, what changed is changed, the rest waits."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import Standing, Verified
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PHONE as MOBILE
from tests.register import SALES, Register


def grow_old(register: Register) -> None:
    """Everything in the register was collected five hundred days ago."""
    before = rules.day(timezone.localdate() - timedelta(days=500))
    for row in Standing.objects.all():
        values = {key: known._replace(collected=before) for key, known in rules.read(row.values).items()}
        row.values, row.due_on = rules.stored(values), rules.due_on(values, keeping.chosen())
        row.save()


@pytest.mark.clause("A5.2", "C3.5")
def test_a_clerk_works_off_the_refresh_list(
    register: Register,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    grow_old(register)
    page = visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto("/")
    page.get_by_role("link", name="待更新的客户信息").click()
    page.wait_for_url("**/customers/refresh/**")
    lines = page.locator("tbody tr")
    expect(lines).to_have_count(2)
    expect(lines.first).to_contain_text("超期")
    expect(page.get_by_role("main")).not_to_contain_text(MOBILE)
    check_axe()
    screenshot("list")

    # One by one: the customer says on the phone that the number is still right, the address is not asked for.
    lines.filter(has_text="李").get_by_role("link", name="逐项核实").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("核实信息")
    for box in page.locator("tbody input[type=checkbox]").all():
        box.uncheck()
    page.get_by_label("手机号码").check()
    page.get_by_label("核实方式").select_option("called_back")
    check_axe()
    screenshot("verify")
    page.get_by_role("button", name="登记核实").click()
    expect(page.get_by_role("status")).to_contain_text("已登记核实 1 项。")
    number = page.locator(".sx-values dd", has_text="138****5678")
    expect(number).to_contain_text("已核验")
    expect(number).to_contain_text("电话回访 · 王芳")
    expect(page.locator("section", has=page.get_by_role("heading", name="数据质量"))).to_contain_text(
        "已过期"
    )
    screenshot("customer")

    put_off_and_verify_the_rest(page)
    assert set(Verified.objects.values_list("field", flat=True)) == {"mobile", "home_address"}
    assert not [address for address in visitor.addresses if MOBILE in address]
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/customers/{register['li']}/verify/")
    screenshot("verify-phone")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def put_off_and_verify_the_rest(page: Page) -> None:
    """The contact's phone is put off, the rest of the list is verified at once."""
    page.goto("/customers/refresh/")
    page.locator("tbody tr", has_text="联系人").locator("input[type=checkbox]").check()
    page.get_by_label("暂缓原因").select_option("unreachable")
    page.get_by_role("button", name="暂缓所选").click()
    expect(page.get_by_role("status")).to_contain_text("已暂缓 1 条")
    page.locator("tbody input[type=checkbox]").first.check()
    page.get_by_label("核实方式").select_option("own_statement")
    page.get_by_role("button", name="核实所选").click()
    expect(page.get_by_role("main")).to_contain_text("没有到期的信息")
