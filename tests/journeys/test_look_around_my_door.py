"""A customer on their phone walks what the other journeys pass by: in by an invitation, what is new in the notice, the
two lists and their versions, the whole story; how they were served, what they saw when they agreed, a survey, and the
one more detail where a contact is old."""

from collections.abc import Callable

from django.db import transaction
from playwright.sync_api import Page, expect

from shouxin.customers.informing.tests.test_tell_again import new_purpose
from shouxin.customers.quality.tests.conftest import (
    Mailbox,
    mailbox,  # noqa: F401 - a fixture
)
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import agree, browser
from shouxin.portal.entering import doors, invitations
from shouxin.portal.entering.tests.conftest import ADDRESS, LAST_OF_ID, give, grow_old
from shouxin.portal.surveys.models import Answer
from shouxin.portal.surveys.tests.cast import SAID, made, tokens
from shouxin.rights.cases.models import Case
from shouxin.rights.satisfaction.tests.cast import contact
from tests.harness.jobs import run_queued
from tests.journeys.conftest import PHONE, Visitor
from tests.journeys.test_decide_about_offers import shown
from tests.register import PHONE as MOBILE
from tests.register import Register


def go(page: Page, link: str) -> None:
    page.get_by_role("link", name=link, exact=True).first.click()


def test_invited_to_what_is_new_the_lists_and_the_story(
    register: Register, visitor: Visitor, check_axe: Callable[[], None]
) -> None:
    made_out = invitations.make(actor=register.world.actor("clerk"), customer=register["li"], now=clock.now())
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/my/sign-in/")
    go(page, "使用邀请码")
    shown(page, check_axe, "只能用一次")
    link = f"/my/invitation/#{made_out.code}"  # as the QR code on the paper has it
    page.goto("/my/sign-in/")
    page.goto(link)
    expect(page.get_by_label("邀请码")).to_have_value(made_out.code)
    expect(page.get_by_label("证件号码或手机号码后四位")).to_be_focused()
    assert made_out.code not in page.url
    for detail in ("0000", LAST_OF_ID):  # whoever found the paper does not know the second
        page.get_by_label("邀请码").fill(made_out.code)
        page.get_by_label("证件号码或手机号码后四位").fill(detail)
        page.get_by_role("button", name="登录").click()
        if detail != LAST_OF_ID:
            expect(page.get_by_role("alert").first).to_be_visible()
            check_axe()
    page.wait_for_url("**/my/")
    version = new_purpose(register.world)
    page.goto("/my/")
    shown(page, check_axe, "我们的告知有变化，请您看一下", "新增用途：会员积分", "读过不等于同意")
    go(page, "以后再看")
    go(page, "我们的告知有变化，请您看一下")
    page.get_by_role("button", name="我看过了").click()
    shown(page, check_axe, "读过告知")
    page.goto("/my/news/")
    shown(page, check_axe, "您看过的告知", version.sha256)
    page.goto("/my/notices/customers/")
    shown(page, check_axe, "与第 1 版相比", "会员积分")
    lists(page, check_axe)
    go(page, "谁看过")
    go(page, "从第一次收集起的全过程，可以下载证明")
    shown(page, check_axe, "建立客户档案", "不能改，也不能删")
    first = page.locator("ol > li").first
    expect(first).to_contain_text("建立客户档案")
    expect(first).to_contain_text("销售部 · 经办")
    expect(page.get_by_role("main")).not_to_contain_text("王芳")
    expect(page.get_by_role("link", name="谁看过")).to_have_attribute("aria-current", "true")
    assert not [address for address in visitor.addresses if made_out.code in address]


def lists(page: Page, check_axe: Callable[[], None]) -> None:
    """What is about me, the public list it is part of, and the version that stood before."""
    page.goto("/my/")
    go(page, "我的两份清单")
    shown(page, check_axe, "只列出现在保存着的、关于您的信息", "手机号码")
    expect(page.get_by_role("main")).not_to_contain_text("护照")
    expect(page.get_by_role("main")).not_to_contain_text(MOBILE)
    go(page, "完整的公开清单")
    shown(page, check_axe, "由系统从现行的处理记录生成")
    expect(page.get_by_role("main")).to_contain_text("护照")
    sha256 = page.get_by_text("SHA-256").inner_text().split()[-1]
    go(page, "历次版本")
    shown(page, check_axe, "现行", sha256)
    go(page, "第 1 版")
    shown(page, check_axe, sha256)
    go(page, "现行的清单")
    go(page, "与第三方共享个人信息清单")
    shown(page, check_axe, "提供方式", "联系方式")
    page.goto("/my/")


def test_served_asked_and_asked_for_one_more_detail(
    register: Register,
    visitor: Visitor,
    mailbox: Mailbox,  # noqa: F811
    check_axe: Callable[[], None],
) -> None:
    give(register, "li", email=ADDRESS)
    me, now = browser(register), clock.now()
    agree(me)
    contact(register, now, register["li"])
    with transaction.atomic():
        survey = made(register, anonymous=False)
        link = tokens(register, survey, "li")[0]
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    token = me.cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{visitor.base}/my/"}])
    page.goto("/my/choices/")
    go(page, "当时看到的页面")
    shown(page, check_axe, "作出决定时，看到的就是下面的内容", "已同意", "未同意")
    page.goto("/my/requests/")
    go(page, "评价最近的接待")
    shown(page, check_axe, "销售部")
    page.get_by_label("您对这次办理满意吗").select_option("2")
    page.get_by_label("还想说的").fill("等了半小时没有人接待")
    page.get_by_role("button", name="提交评分").click()
    shown(page, check_axe, "谢谢，已经记下", "最近没有可以评价的接待")
    go(page, "返回")
    case = Case.objects.get()
    go(page, f"投诉 · {case.number}")
    shown(page, check_axe, "等了半小时没有人接待", f"{case.due_on:%Y-%m-%d}")
    answer_survey(register, page, check_axe, link)
    one_more_detail(register, page, check_axe, mailbox)


def answer_survey(register: Register, page: Page, check_axe: Callable[[], None], link: str) -> None:
    """By its link alone, once."""
    page.context.clear_cookies()
    page.goto(f"/my/survey/{link}/")
    shown(page, check_axe, "本调查记名")
    page.get_by_label("您对我们满意吗").select_option(SAID[0])
    page.get_by_label("最看重什么").select_option(SAID[1])
    page.get_by_label("还有什么想说的").fill(SAID[2])
    page.get_by_role("button", name="提交").click()
    shown(page, check_axe, "谢谢，已经收到")
    page.goto(f"/my/survey/{link}/")
    shown(page, check_axe, "链接已失效")
    assert Answer.objects.get().customer_id == register["li"]


def one_more_detail(register: Register, page: Page, check_axe: Callable[[], None], box: Mailbox) -> None:
    """Nobody confirmed the address for a year: the code alone opens nothing."""
    grow_old(register, "li", 366)
    page.goto("/my/sign-in/")
    page.get_by_label("手机号码或邮箱").fill(ADDRESS)
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/code/")
    run_queued("portal")
    page.get_by_label("验证码").fill(box.code())
    page.keyboard.press("Enter")
    page.wait_for_url("**/my/detail/")
    shown(page, check_axe, "再核对一项")
    page.get_by_label("后四位").fill("1234")
    page.get_by_role("button", name="继续").click()
    expect(page.get_by_role("alert").first).to_be_visible()
    expect(page.get_by_role("main")).not_to_contain_text("李")
    check_axe()
    page.get_by_label("后四位").fill(LAST_OF_ID)
    page.get_by_role("button", name="继续").click()
    page.wait_for_url("**/my/")
    shown(page, check_axe, "李**", "联系您的消息和验证码由谁发出", "本单位的邮件服务器")
