"""Somebody without an account complains on their phone, follows it by number and code, and scores the answer."""

import re
from collections.abc import Callable

from playwright.sync_api import expect

from shouxin.kit import clock
from shouxin.rights.cases import answering, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Outcome
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_use_my_information import fits
from tests.register import Register

SAID = "营业厅当着别人念出了我的号码"


def answer_it(register: Register) -> None:
    """The officer takes it on and answers, the head of the organisation approves."""
    row, now = Case.objects.get(), clock.now()
    officer = register.world.actor("officer")
    services.take(actor=officer, case=row.id, now=now)
    said = Answer(Outcome.GRANTED, "", "属实，已向您致歉并改了流程。")
    answering.propose(actor=officer, case=row.id, answer=said, now=now)
    answering.approve(actor=register.world.actor("top_head"), case=row.id, now=now)


def test_a_complaint_without_an_account_is_followed_to_its_answer(
    register: Register,
    visitor: Visitor,
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/my/")
    page.get_by_role("link", name="不登录，直接提出要求或投诉").click()
    check_axe()
    screenshot("form")
    assert fits(page)
    page.get_by_label("您要我们做什么").select_option(label="投诉")
    page.get_by_label("说说您的要求或遇到的事").fill(SAID)
    page.get_by_text("投诉某个部门").click()
    page.get_by_label("投诉哪个部门").select_option(label="销售部")
    page.get_by_role("button", name="提交").click()  # the page does its work first
    expect(page.get_by_role("status")).to_contain_text("以前答复您")
    check_axe()
    screenshot("filed")
    shown = page.get_by_role("main").inner_text()
    number, code = re.search(r"QX\d{11}", shown), re.search(r"[2-9A-Z]{4}-[2-9A-Z]{4}-[2-9A-Z]{4}", shown)
    assert number
    assert code
    answer_it(register)
    page.context.clear_cookies()
    page.goto("/my/follow/")
    check_axe()
    assert fits(page)
    page.get_by_label("编号").fill(number[0])
    page.get_by_label("查询码").fill(code[0])
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_role("main")).to_contain_text("已向您致歉")
    expect(page.get_by_role("main")).not_to_contain_text(SAID)
    check_axe()
    screenshot("answered")
    page.emulate_media(color_scheme="dark")
    check_axe()
    screenshot("answered-dark")
    assert fits(page)
    page.get_by_label("您对这次办理满意吗").select_option("5")
    page.get_by_role("button", name="提交评分").click()
    expect(page.get_by_role("button", name="提交评分")).to_have_count(0)
    page.get_by_role("button", name="看完了").click()
    page.goto("/my/feedback/")
    check_axe()
    screenshot("feedback")
    assert fits(page)
    assert not [address for address in visitor.addresses if code[0] in address or number[0] in address]
