"""Somebody begins an application, is called away, goes on in two windows at once, and loses nothing."""

from playwright.sync_api import expect

from shouxin.access.grants.models import StandingGrant
from shouxin.drafts.models import Draft
from tests.journeys.conftest import Visitor
from tests.register import SALES, Register

APPLY = f"/access/grants/propose/?purpose={SALES}"


def test_an_application_is_kept_resumed_in_two_windows_and_sent(visitor: Visitor, register: Register) -> None:
    page = visitor.sign_in("clerk")
    page.goto(APPLY)
    page.locator("[name=fields_asked][value=mobile]").check()
    page.get_by_label("工作需要").fill("日常联系")
    kept = page.locator("[data-keep-told]")
    expect(kept).to_contain_text("已保存", timeout=15_000)  # by itself

    page.goto("/")
    page.get_by_role("link", name="未提交的草稿").first.click()
    visitor.check_axe()
    visitor.screenshot("drafts")
    page.get_by_role("link", name="接着填：申请常设用数授权").click()
    expect(page.get_by_label("工作需要")).to_have_value("日常联系")
    expect(page.locator("[name=fields_asked][value=mobile]")).to_be_checked()
    visitor.check_axe()

    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_label("工作需要").fill("第二个窗口")
    expect(other.locator("[data-keep-told]")).to_contain_text("已保存", timeout=15_000)
    first = Draft.objects.get()
    while first.revision < 2:  # the line said so before, for what was kept before
        other.wait_for_timeout(200)
        first.refresh_from_db()

    page.get_by_label("工作需要").fill("第一个窗口")
    expect(kept).to_contain_text("没有覆盖", timeout=15_000)
    visitor.screenshot("overtaken")
    page.get_by_role("button", name="另存一份").click()
    expect(kept).to_contain_text("已保存", timeout=15_000)
    assert Draft.objects.count() == 2
    other.close()

    page.get_by_role("button", name="提交申请").click()
    expect(page.get_by_role("main")).to_contain_text("待审批")
    assert StandingGrant.objects.get().reason == "第一个窗口"
    assert list(Draft.objects.values_list("id", flat=True)) == [first.id]
