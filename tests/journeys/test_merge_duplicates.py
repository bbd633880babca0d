"""A data steward: searches for duplicates, compares two customers, merges them field by field, and undoes it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from shouxin.customers.cleanup import services as cleanup
from shouxin.customers.duplicates import services as duplicates
from shouxin.customers.duplicates.models import Merge, SuspectedPair
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, content, store
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.harness.jobs import run_queued
from tests.journeys.conftest import PHONE, Visitor
from tests.register import Register

SALES_NAME = "销售跟进/履行合同"


@pytest.fixture
def doubled(register: Register) -> Register:
    register.ids["twin"] = store(register, TWIN)
    return register


@pytest.mark.clause("C5.5")
def test_a_steward_merges_two_entries_of_one_customer_and_undoes_it(
    doubled: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    before = content(doubled["li"], doubled["twin"])
    page = visitor.sign_in("sales_head")
    visitor.work_for(SALES_NAME)

    visitor.choose("疑似重复")
    page.get_by_role("button", name="开始查重").click()
    expect(page.get_by_text("正在查重")).to_be_visible()
    run_queued()
    page.goto("/customers/duplicates/")
    expect(page.get_by_role("cell", name="名称同音、电话相同")).to_be_visible()
    assert "李小明" not in page.locator("main").inner_text()
    check_axe()
    screenshot("list")

    page.get_by_role("link", name="比对").first.click()
    check_axe()
    screenshot("compare")
    li_first = page.locator("thead a").first.get_attribute("href") == f"/customers/{doubled['li']}/"
    ours, theirs = ("one", "other") if li_first else ("other", "one")
    page.locator(f"input[name=survivor][value={ours}]").check()
    page.locator(f"input[name=take-home_address][value={theirs}]").check()
    page.get_by_role("button", name="合并…").click()
    expect(page.get_by_text("改用并入一方的值：住址")).to_be_visible()
    check_axe()
    screenshot("confirm")
    page.get_by_label("请输入“合并”以确认").fill("合并")
    page.get_by_role("button", name="确认合并").click()

    expect(page.get_by_text("已合并。没有内容销毁之前")).to_be_visible()
    assert page.url.endswith(f"/customers/{doubled['li']}/")
    assert Customer.objects.get(id=doubled["twin"]).absorbed_by == doubled["li"]
    check_axe()
    screenshot("merged")
    page.goto(f"/customers/{doubled['twin']}/")
    expect(page.get_by_text("已并入下面这位客户")).to_be_visible()

    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="撤销最近一次合并").click()
    if page.get_by_role("dialog").count():
        page.get_by_role("dialog").get_by_role("button", name="确定").click()
    expect(page.get_by_text("已撤销合并，两份档案恢复原样。")).to_be_visible()
    assert Merge.objects.get().undone_by == doubled.world.people["sales_head"]
    assert content(doubled["li"], doubled["twin"]) == before


@pytest.mark.clause("C5.5")
def test_an_owner_decides_on_a_clean_up_list_at_the_desk_and_on_a_phone(
    doubled: Register, visitor: Visitor, screenshot: Callable[[str], None], check_axe: Callable[[], None]
) -> None:
    head = doubled.world.actor("sales_head")
    duplicates.ask_run(actor=head, thorough=True, now=clock.now())
    cleanup.ask_run(actor=head, now=clock.now())
    run_queued()
    page = visitor.sign_in("sales_head")
    visitor.work_for(SALES_NAME)
    visitor.choose("清理名单")
    page.get_by_role("link", name="疑似重复 1").click()
    expect(page.get_by_role("link", name="比对")).to_be_visible()
    check_axe()
    screenshot("cleanup")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    for name in ("duplicates/", "cleanup/?group=duplicate", f"duplicates/{SuspectedPair.objects.get().id}/"):
        page.goto(f"/customers/{name}")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], name
        screenshot(f"phone-{'compare' if len(name) > 30 else name.split('/')[0]}")
