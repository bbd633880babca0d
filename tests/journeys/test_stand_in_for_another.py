"""On the phone: a guardian decides for a child and says after whom nobody may ask; a relative of somebody who died asks
without an account and takes a copy home, by the contact they left."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

import pytest
from playwright.sync_api import Page, expect

from shouxin.customers.consents import queries as consents
from shouxin.customers.quality.tests.conftest import (
    Mailbox,
    mailbox,  # noqa: F401 - a fixture
)
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import MARKETING, browser
from shouxin.portal.entering import doors
from shouxin.portal.warding.tests.test_decide_for_a_ward import verified, ward_of
from shouxin.rights.arranged import queries as arranged
from shouxin.rights.arranged.tests.test_hear_relatives import GRANTED, answered, known
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case
from shouxin.rights.packages import services as packages
from tests.harness.jobs import run_queued
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PHONE as MOBILE
from tests.register import Register


def shown(page: Page, check_axe: Callable[[], None], *texts: str) -> None:
    """The page says so, fits the phone, and axe finds nothing serious."""
    for text in texts:
        expect(page.get_by_role("main")).to_contain_text(text)
    check_axe()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.clause("C3.2")
def test_a_guardian_decides_for_a_child(
    register: Register,
    visitor: Visitor,
    check_axe: Callable[[], None],
    screenshot: Callable[[str], None],
) -> None:
    ward, page = ward_of(register), visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    token = browser(register).cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{visitor.base}/my/"}])
    page.goto("/my/choices/")
    page.get_by_role("link", name="第 1 位").click()
    shown(page, check_axe, "请带户口簿等证明到营业场所核验一次")
    screenshot("unverified")
    verified(register, ward)
    page.reload()
    shown(page, check_axe, "记录、回执和证据里都写明由监护人作出", "代为提出要求")
    screenshot("ward")
    card = page.locator(f"#{MARKETING}")
    card.get_by_role("link", name="看告知内容再决定").click()
    shown(page, check_axe, "您正在以监护人的身份代为决定")
    page.locator("[name=box][value=general]").check()
    page.get_by_role("button", name="保存我的选择").click()
    shown(page, check_axe, "由监护人代为作出")
    assert consents.consenting(MARKETING, [ward], clock.now())
    page.goto(f"/my/wards/{ward}/")
    card.get_by_role("button", name="撤回").click()
    shown(page, check_axe, "撤回同意", "由监护人代为作出")
    assert not consents.consenting(MARKETING, [ward], clock.now())
    page.goto("/my/choices/")
    page.locator("#arrangement").get_by_label("删除").uncheck()
    page.get_by_role("button", name="保存安排").click()
    shown(page, check_axe, "身后安排", "查阅、复制、更正")
    assert arranged.allowed(register["li"]) == {"access", "copy", "correct"}


def test_a_relative_asks_and_takes_a_copy_home(
    register: Register,
    visitor: Visitor,
    mailbox: Mailbox,  # noqa: F811
    check_axe: Callable[[], None],
    screenshot: Callable[[str], None],
    tmp_path: Path,
) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/my/anyone/")
    page.get_by_label("您要我们做什么").select_option(value="deceased")
    page.get_by_label("说说您的要求").fill("家父去世了，想要一份他的记录。")
    page.get_by_label("怎样联系您").fill("son@example.cn")
    page.get_by_text("替别人提出（").click()
    page.get_by_label("为谁提出").select_option(value="relative")
    page.get_by_label("您作为近亲属要求什么").select_option(value="copy")
    page.get_by_label("那个人的姓名").fill("李小明 13812345678")
    check_axe()
    page.wait_for_timeout(4000)  # nobody fills it in faster
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("QX")
    granted(register)
    page.goto("/my/follow/case/")
    shown(page, check_axe, "先向您提出时留的联系方式发一个验证码")
    page.get_by_role("button", name="发送验证码").click()
    run_queued("portal")
    shown(page, check_axe, "再发一次")
    screenshot("code")
    page.get_by_label("验证码").fill(mailbox.code())
    page.get_by_role("button", name="查看答复").click()
    shown(page, check_axe, GRANTED.text, "可以下载一次")
    screenshot("answer")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载", exact=True).click()
    archive = tmp_path / "copy.zip"
    downloading.value.save_as(archive)
    with ZipFile(archive) as opened:
        told = opened.read("信息清单.html").decode()
    assert "逝者的个人信息" in told
    assert MOBILE in told
    page.reload()
    shown(page, check_axe, "我们这里的已经销毁")
    assert not [address for address in visitor.addresses if "son@example.cn" in address]


def granted(register: Register) -> None:
    """Staff find out whom it is about, see the papers, put it together and grant it."""
    case, officer, now = Case.objects.get(), register.world.actor("officer"), clock.now()
    cases.take(actor=officer, case=case.id, now=now)
    cases.match(actor=officer, case=case.id, customer=register["li"], now=now)
    clerk = register.world.actor("clerk")
    Case.objects.filter(id=case.id).update(handler=clerk.id)
    known(register, case)
    packages.assemble(actor=clerk, case=case.id, now=now)
    packages.freeze(actor=clerk, case=case.id, withheld={}, now=now)
    answered(register, case)
