"""A customer on their phone reads what is held and why, agrees to offers picked for them, sees the same terms unpicked
and switches off, says how to be reached; a purpose falls away and both sides see it at once."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from shouxin.core.policy import customer_actor
from shouxin.customers.messages.tests.cast import OFFER, ORIGIN, agree, approved, caught, send, with_mail
from shouxin.customers.segments import services as segments
from shouxin.customers.segments.models import Segment
from shouxin.kit import clock
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering import doors
from shouxin.portal.wishing import services as wishing
from shouxin.rulebook.purposes import services as purposes
from tests.journeys.conftest import PHONE, Visitor
from tests.register import PEOPLE, SALES, Register

PICKED = "您是新朋友，这把办公椅先为您留一把。"
OFFERS = "个性化推荐"


def shown(page: Page, check_axe: Callable[[], None], *texts: str) -> None:
    """The page says so, fits the phone, and axe finds nothing serious."""
    for text in texts:
        expect(page.get_by_role("main")).to_contain_text(text)
    check_axe()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.clause("C19.2", "D1.3", "C12.3", "D13.0")
def test_offers_reasons_and_wishes_are_the_customer_s_own(
    register: Register,
    visitor: Visitor,
    check_axe: Callable[[], None],
    screenshot: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with_mail(register, "li")
    agree(register, "li")
    page = visitor.page
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    token = browser(register).cookies[doors.SESSION].value
    page.context.add_cookies([{"name": doors.SESSION, "value": token, "url": f"{visitor.base}/my/"}])
    page.goto("/my/")
    shown(page, check_axe, "为了：销售跟进/履行合同", "保存到：", "没有把您的信息交给过其他单位或个人的记录")
    screenshot("held")
    pick_and_switch_off(register, page, check_axe, monkeypatch)
    screenshot("switched-off")
    say_wishes(register, page, check_axe, monkeypatch)
    lose_purpose(register, page, check_axe)
    screenshot("under-review")


def pick_and_switch_off(
    register: Register, page: Page, check_axe: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Agree at the own door; the offer that comes leads to the same terms unpicked, and to the switch."""
    page.goto("/my/choices/")
    card = page.locator("section", has=page.get_by_role("heading", name=OFFERS))
    card.get_by_role("link", name="看告知内容再决定").click()
    assert not page.locator("input[value=general]").is_checked()
    page.locator("input[value=general]").check()
    page.get_by_role("button", name="保存我的选择").click()
    expect(page.get_by_role("status")).to_contain_text(OFFERS)
    segments.refresh(now=clock.now())
    assert Segment.objects.filter(customer=register["li"]).exists()

    parcels = caught(monkeypatch)
    send(approved(register, "li", personal=PICKED, personal_stage="prospect"))
    body = parcels[-1].content.body
    assert PICKED in body
    page.goto(body.split(ORIGIN)[1].split()[0])
    shown(page, check_axe, OFFER.body, OFFER.terms)
    expect(page.get_by_role("main")).not_to_contain_text(PICKED)
    page.get_by_role("button", name="关闭个性化").click()
    shown(page, check_axe, "已关闭个性化，立即生效", OFFER.body)
    assert not Segment.objects.filter(customer=register["li"]).exists()  # the profile went along
    page.goto("/my/choices/")
    expect(card).to_contain_text("已撤回")
    segments.refresh(now=clock.now())
    assert not Segment.objects.filter(customer=register["li"]).exists()


def say_wishes(
    register: Register, page: Page, check_axe: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are asked, and answer; what many share is a proposal to staff, who do not see whose it is."""
    page.goto("/my/")
    page.get_by_role("link", name="去填写").click()
    shown(page, check_axe, "您希望我们怎样联系您")
    page.get_by_label("质量和安全提醒").check()
    page.get_by_role("button", name="保存", exact=True).click()
    shown(page, check_axe, "已保存，从现在起照办")
    page.goto("/my/")
    expect(page.locator("#ask-wishes")).to_have_count(0)
    others = [name for name in PEOPLE if name != "li"]
    for name in others:
        wishing.state_topics(me=customer_actor(register[name]), topics=["safety"], now=clock.now())
    monkeypatch.setattr(wishing, "value", lambda _threshold: len(PEOPLE))
    assert wishing.count(now=clock.now()) == 1
    staff = register.world.signed_in(Client(), "officer").get("/portal/wishes/").content.decode()
    assert "质量和安全提醒" in staff
    assert "李小明" not in staff


def lose_purpose(register: Register, page: Page, check_axe: Callable[[], None]) -> None:
    """What is held for a purpose that ended is under review for the customer and a defect for staff, at once."""
    page.goto("/my/")
    expect(page.get_by_role("main")).not_to_contain_text("用途核查中")
    purposes.retire_purpose(register.world.actor("officer"), key=SALES, reason="不再销售")
    page.reload()
    shown(page, check_axe, "用途核查中")
    staff = register.world.signed_in(Client(), "officer").get("/portal/unstated/").content.decode()
    assert "处理目的没有启用" in staff
    assert "手机号码" in staff
