"""A customer on their phone: in by a code that came by mail, sees who read the number, agrees, withdraws, complains
and is not satisfied with the answer; corrects their address, takes home all that is kept about them, asks for it to be
deleted and reads what became of it."""

from collections.abc import Callable
from pathlib import Path
from zipfile import ZipFile

from playwright.sync_api import Page, expect

from shouxin.core.policy import Action
from shouxin.customers.quality.tests.conftest import (
    Mailbox,
    mailbox,  # noqa: F401 - a fixture
)
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.portal.entering.doors import SESSION
from shouxin.portal.entering.tests.conftest import ADDRESS, give
from shouxin.rights.cases import accusing, answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Check, Kind, Outcome
from shouxin.rights.cases.models import State as CaseState
from shouxin.rights.packages import services as packages
from tests.harness.jobs import run_queued
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PHONE as MOBILE
from tests.register import SALES, Register


def read_by_the_clerk(register: Register) -> None:
    """王芳 opens the customer's page, as she does when they call."""
    registry.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["li"]),
        fields=["person_name", "mobile"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )


def sign_in(page: Page, box: Mailbox) -> None:
    page.goto("/my/")
    page.get_by_label("手机号码或邮箱").fill(ADDRESS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/code/")
    run_queued("portal")
    page.get_by_label("验证码").fill(box.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/")


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def complain(page: Page, check_axe: Callable[[], None], box: Mailbox) -> None:
    """Look at the other rooms on the narrowest screen (1280 px at 400 %), and file a complaint by keyboard."""
    page.set_viewport_size({"width": 320, "height": 640})
    for address in ("/my/", "/my/reads/", "/my/choices/"):
        page.goto(address)
        assert fits(page), address
    for name in ("更改和登录", "怎样联系我", "申请和投诉"):
        page.get_by_role("link", name=name, exact=True).click()
        check_axe()
        assert fits(page)
    page.get_by_label("您要我们做什么").select_option(label="投诉")
    page.get_by_label("说说您的要求").fill("送货员当着邻居念了我的电话。" * 30)
    page.context.clear_cookies(name=SESSION)  # too long away from the page
    page.get_by_role("button", name="提交", exact=True).press("Enter")
    ended = page.get_by_role("dialog", name="您需要重新进入，填写的内容还在")
    expect(ended).to_be_visible()
    check_axe()
    assert fits(page)
    assert not Case.objects.filter(kind=Kind.COMPLAINT).exists()
    with page.context.expect_page() as opened:
        ended.get_by_role("link", name="在新窗口重新进入").press("Enter")
    sign_in(opened.value, box)
    opened.value.close()
    ended.get_by_role("button", name="已经进入，继续提交").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("查询码（只显示这一次）")
    check_axe()
    page.get_by_role("link", name="返回").click()
    page.get_by_role("link", name="投诉 ·").click()
    check_axe()
    assert fits(page)


def hear_back(page: Page, register: Register, check_axe: Callable[[], None]) -> None:
    """Staff answer the complaint; the customer is not satisfied, and it is opened again."""
    case = Case.objects.get(kind=Kind.COMPLAINT)
    answer(register, case, "已批评当事人。")
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("已批评当事人。")
    page.get_by_label("您对这次办理满意吗").select_option("1")
    page.get_by_role("button", name="提交评分").click()
    expect(page.get_by_role("main")).to_contain_text("转监督员重新办理")
    check_axe()
    assert fits(page)
    case.refresh_from_db()
    assert (case.state, case.escalated) == (CaseState.HANDLING, True)


def answer(register: Register, case: Case, text: str) -> None:
    """What the department does with a request of somebody who came in by a code; the officer looks at the answer."""
    clerk, now = register.world.actor("clerk"), clock.now()
    case = cases.take(actor=clerk, case=case.id, now=now)
    if case.state == CaseState.IDENTITY:
        cases.check(actor=clerk, case=case.id, method=Check.Method.IN_PERSON, now=now)
    if case.kind == Kind.COMPLAINT:
        accusing.name(actor=clerk, case=case.id, department=None)
    answering.propose(actor=clerk, case=case.id, answer=Answer(Outcome.GRANTED, "", text), now=now)
    answering.approve(actor=register.world.actor("officer"), case=case.id, now=now)


def test_a_customer_sees_withdraws_and_leaves(
    register: Register,
    visitor: Visitor,
    mailbox: Mailbox,  # noqa: F811
    screenshot: Callable[[str], None],
    check_axe: Callable[[], None],
) -> None:
    give(register, "li", email=ADDRESS)
    read_by_the_clerk(register)
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, mailbox)
    expect(page.get_by_role("main")).to_contain_text("李**")
    expect(page.get_by_role("main")).not_to_contain_text(MOBILE)
    check_axe()
    screenshot("held")
    assert fits(page)

    page.get_by_role("link", name="谁看过").click()
    line = page.locator("li", has_text="销售部 · 经办")
    expect(line).to_contain_text("手机号码")
    expect(line).to_contain_text("销售跟进/履行合同")
    expect(page.get_by_role("main")).not_to_contain_text("王芳")
    check_axe()
    screenshot("reads")
    assert fits(page)

    page.get_by_role("link", name="我的选择").click()
    card = page.locator("section", has=page.get_by_role("heading", name="营销推广"))
    card.get_by_role("link", name="看告知内容再决定").click()
    page.locator("input[value=general]").check()
    screenshot("notice")
    page.get_by_role("button", name="保存我的选择").click()
    expect(page.get_by_role("status")).to_contain_text("营销推广")
    page.get_by_role("link", name="返回我的选择").click()
    check_axe()
    screenshot("choices")
    page.emulate_media(color_scheme="dark")
    check_axe()
    card.get_by_role("button", name="撤回对“营销推广”的同意").click()
    expect(page.get_by_role("status")).to_contain_text("撤回同意")
    check_axe()
    assert fits(page)
    complain(page, check_axe, mailbox)
    hear_back(page, register, check_axe)
    page.get_by_role("button", name="退出").click()
    page.wait_for_url("**/my/sign-in/")
    page.goto("/my/")
    page.wait_for_url("**/my/sign-in/")
    assert not [address for address in visitor.addresses if ADDRESS in address or mailbox.code() in address]


MOVED = "上海市徐汇区漕溪北路398号"


def prove(page: Page, box: Mailbox) -> None:
    """A second code, asked for on the page of corrections."""
    page.goto("/my/correct/")
    page.get_by_role("button", name="发送验证码").click()
    page.wait_for_url("**/my/clear/**")
    run_queued("portal")
    page.get_by_label("验证码").fill(box.code())
    page.get_by_role("button", name="显示全文").click()
    page.wait_for_url("**/my/correct/")


def ask(page: Page, kind: Kind, text: str) -> Case:
    """File a request as anybody does."""
    page.goto("/my/requests/")
    page.get_by_label("您要我们做什么").select_option(value=kind.value)
    page.get_by_label("说说您的要求").fill(text)
    page.get_by_role("button", name="提交", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("查询码（只显示这一次）")
    return Case.objects.get(kind=kind)


def put_together(register: Register, case: Case) -> None:
    """What staff do with a request to see everything."""
    clerk, head, now = register.world.actor("clerk"), register.world.actor("sales_head"), clock.now()
    cases.take(actor=clerk, case=case.id, now=now)
    case.refresh_from_db()
    assert case.state == CaseState.IDENTITY, "two codes to one mailbox do not prove who asks for everything"
    cases.check(actor=clerk, case=case.id, method=Check.Method.IN_PERSON, now=now)
    packages.assemble(actor=clerk, case=case.id, now=now)
    packages.freeze(actor=clerk, case=case.id, withheld={}, now=now)
    answering.propose(
        actor=clerk, case=case.id, answer=Answer(Outcome.GRANTED, "", "已备好，请在这里下载。"), now=now
    )
    answering.approve(actor=head, case=case.id, now=now)


def test_a_customer_corrects_takes_home_and_asks_to_delete(
    register: Register,
    visitor: Visitor,
    mailbox: Mailbox,  # noqa: F811
    check_axe: Callable[[], None],
    tmp_path: Path,
) -> None:
    give(register, "li", email=ADDRESS)
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    sign_in(page, mailbox)
    prove(page, mailbox)
    check_axe()
    page.get_by_role("link", name="更正住址").click()
    page.locator("[name=value]").fill(MOVED)
    page.get_by_role("button", name="保存").click()
    expect(page.get_by_role("status")).to_contain_text("已改好")
    expect(page.get_by_role("main")).to_contain_text(MOVED)
    assert fits(page)

    put_together(register, ask(page, Kind.COPY, "请给我一份你们保存的全部信息"))
    page.goto("/my/requests/")
    page.get_by_role("link", name=Case.objects.get(kind=Kind.COPY).number).click()
    check_axe()
    assert fits(page)
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载").click()
    archive = tmp_path / "mine.zip"
    downloading.value.save_as(archive)
    with ZipFile(archive) as opened:
        pages = "".join(opened.read(name).decode() for name in opened.namelist() if name.endswith(".html"))
    assert MOVED in pages
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("我们这里的已经销毁")

    deletion = ask(page, Kind.DELETE, "不再来往，请删除我的信息")
    page.goto("/my/requests/")
    answer(register, deletion, "")
    page.get_by_role("link", name=deletion.number).click()
    told = page.get_by_role("main")
    expect(told).to_contain_text("已停止使用，待删除")
    expect(told).to_contain_text("个人信息保护法 第47条第1款")
    expect(told).to_contain_text(f"到 {deletion.stop_on:%Y-%m-%d}")
    check_axe()
    assert fits(page)
