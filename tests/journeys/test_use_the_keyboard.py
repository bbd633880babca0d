"""The core of the day without a mouse: every control is come to with Tab, the focus is seen at every stop, and what is
come to is worked with Enter, Space, arrows and letters alone. Addresses are typed into the browser's own line."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from shouxin.customers.duplicates import services as duplicates
from shouxin.customers.duplicates.tests.test_merge_customers import TWIN, store
from shouxin.customers.intake import drafts
from shouxin.customers.intake.models import ImportBatch
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.harness.jobs import run_queued
from tests.journeys.conftest import Visitor
from tests.journeys.keyboard import Keys
from tests.register import SALES, Register
from tests.world import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def at_work(visitor: Visitor, who: str) -> Keys:
    """Through the door by keyboard, working for the sales purpose."""
    keys = Keys(visitor.page)
    visitor.page.context.clear_cookies(name="sessionid")
    visitor.page.goto("/sign-in/")
    visitor.page.keyboard.type(who)  # the first field has the focus already
    keys.write(visitor.page.locator("#id_password"), PASSWORD)
    keys.press("登录")
    expect(visitor.page.locator("h1")).to_contain_text("工作台")
    visitor.work_for(SALES)
    return keys


def test_columns_of_a_file_are_mapped(visitor: Visitor, register: Register, tmp_path: Path) -> None:
    file = tmp_path / "customers.csv"
    file.write_text("客户编号,姓名,电话一,内部代码\nK-1,王小丫,13800138000,a\n", encoding="utf-8")
    page, keys = visitor.page, at_work(visitor, "clerk")
    page.goto("/customers/imports/new/")
    page.set_input_files("#file", file)  # the system's own window, which no page can offer
    keys.press("上传并读取")
    keys.press("下一步：列的对应")
    page.wait_for_url("**/columns/")
    keys.pick(page.locator("[name=c-0-2]"), "mobile")
    keys.pick(page.locator("[name=c-0-3]"), "-")
    keys.press("下一步：声明")
    page.wait_for_url("**/declaration/")
    keys.choose(page.locator(f"[name=purpose][value={SALES}]"))
    keys.press("开始检查")
    page.wait_for_url("**/check/")
    mapped = drafts.opened(ImportBatch.objects.get()).sheets[0].columns
    assert list(mapped) == ["customer_no", "person_name", "mobile", ""]
    assert register["li"]


def test_two_customers_are_merged(visitor: Visitor, register: Register) -> None:
    twin = store(register, TWIN)
    duplicates.ask_run(actor=register.world.actor("sales_head"), thorough=False, now=clock.now())
    run_queued()
    page, keys = visitor.page, at_work(visitor, "sales_head")
    page.goto("/customers/duplicates/")
    keys.press("比对", "link")
    li_first = page.locator("thead a").first.get_attribute("href") == f"/customers/{register['li']}/"
    keys.choose(page.locator(f"input[name=survivor][value={'one' if li_first else 'other'}]"))
    keys.press("合并…")
    keys.write(page.get_by_label("请输入“合并”以确认"), "合并")
    keys.press("确认合并")
    expect(page.get_by_text("已合并。没有内容销毁之前")).to_be_visible()
    assert Customer.objects.get(id=twin).absorbed_by == register["li"]
