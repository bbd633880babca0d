"""A clerk attaches a scanned contract, previews it with a watermark, and a colleague of another department cannot."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from playwright.sync_api import FilePayload, Page, expect

from shouxin.access.grants import services as grants
from shouxin.customers.attachments.models import Kind
from shouxin.customers.attachments.tests import cast
from shouxin.kit import clock
from tests.journeys.conftest import PHONE, Visitor
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)

NAME = "李小明买卖合同.pdf"
Shot = Callable[[str], None]


def granted(register: Register) -> None:
    now = clock.now()
    asked = grants.propose(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        fields=[Kind.CONTRACT.value],
        daily_limit=30,
        until=now + timedelta(days=30),
        reason="核对合同",
        now=now,
    )
    grants.approve(actor=register.world.actor("sales_head"), grant=asked.id, now=now)


def opens_it(page: Page, profile: str, check_axe: Callable[[], None], screenshot: Shot) -> str:
    """Refused first, then previewed within a contact; the address of the versions."""
    card = page.get_by_role("region", name="附件")
    card.get_by_role("button", name="查看合同").click()  # nothing stated yet: refused, with the way out
    expect(page.get_by_role("heading", name="没有放行")).to_be_visible()
    page.goto(profile)
    page.get_by_label("事由").select_option("order")
    page.get_by_role("button", name="开始接待").click()
    card.get_by_role("button", name="查看合同").click()
    expect(page.get_by_text(NAME)).to_be_visible()
    expect(page.locator("figure img")).to_have_count(3)
    check_axe()
    screenshot("4-preview")
    page.get_by_role("button", name="后几页").click()
    expect(page.locator("figure img")).to_have_count(1)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    screenshot("5-preview-on-a-phone")
    page.goto(profile)
    screenshot("6-profile-on-a-phone")
    expect(page.get_by_text("查看明文：合同文件").first).to_be_visible()
    link = card.get_by_role("link", name="版本与处理")
    detail = link.get_attribute("href") or ""
    link.click()
    expect(page.get_by_text("不能下载原件")).to_be_visible()
    screenshot("7-versions-on-a-phone")
    check_axe()
    return detail


def test_a_scanned_contract_is_attached_previewed_and_closed_to_others(
    register: Register, page: Page, visitor: Visitor, screenshot: Shot, check_axe: Callable[[], None]
) -> None:
    granted(register)
    profile = f"/customers/{register['li']}/"
    visitor.sign_in("clerk")
    visitor.work_for(SALES)
    page.goto(profile)
    expect(page.get_by_text("还没有附件")).to_be_visible()
    page.get_by_role("link", name="上传附件").click()
    check_axe()
    scan = FilePayload(name=NAME, mimeType="application/pdf", buffer=cast.pdf(4, text="SALES CONTRACT"))
    wrong = FilePayload(name="网页.pdf", mimeType="application/pdf", buffer=b"<html></html>")
    page.get_by_label("种类").select_option(Kind.CONTRACT.value)
    page.locator("#id_documents").set_input_files([scan, wrong])
    screenshot("1-upload")
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("网页.pdf")
    screenshot("2-one-refused")
    page.goto(profile)
    card = page.get_by_role("region", name="附件")
    expect(card).to_contain_text("PDF")
    expect(card).to_contain_text("未接病毒扫描")
    expect(page.get_by_text(NAME)).to_have_count(0)
    check_axe()
    screenshot("3-on-the-profile")

    detail = opens_it(page, profile, check_axe, screenshot)
    assert not any("李小明" in address for address in visitor.addresses)
    visitor.sign_in("agent")
    assert (answer := page.goto(detail))
    assert answer.status == 404
    screenshot("8-another-department")
