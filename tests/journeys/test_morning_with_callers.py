"""A service clerk's morning: thirty people call, are found by what they say, served masked, noted and kept word to."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from shouxin.customers.dialling.models import Dial
from shouxin.customers.promises.models import Promise
from shouxin.customers.promises.rules import today
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.models import Channel, Kind, Method, Record, Scope
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.journeys.conftest import PHONE, Visitor
from tests.register import Register, kept

SERVICE = "service"
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶"
PASTED = "您好我是{name}，电话 {mobile}，柜门关不上"
# Whom one sees served in the browser; the others take the same pages without it.
WATCHED = frozenset({0, 7, 11, 22})
PROMISED = frozenset({0, 11, 22})
# whom one sees served in the browser; the others take the same pages without it


@dataclass(frozen=True, slots=True)
class Caller:
    id: UUID
    name: str
    mobile: str
    number: str
    term: str  # what is typed of what they say


@pytest.fixture
def callers(register: Register) -> list[Caller]:
    """Thirty customers of the service department whom 赵敏 answers for, stored in one act."""
    world, people = register.world, []
    for n, surname in enumerate(SURNAMES):
        name, mobile, number = f"{surname}晓岚", f"139{20000000 + n * 10007}", f"KF-{n:05}"
        terms = (mobile[-4:], number, PASTED.format(name=name, mobile=mobile))
        people.append((name, mobile, number, terms[n % 3]))
    entries = [
        CustomerEntry(
            Kind.PERSON,
            kept({"person_name": name, "mobile": mobile, "customer_no": number}),
            world.departments["service"].id,
            Scope.DEPARTMENT,
            world.people["agent"].id,
        )
        for name, mobile, number, _term in people
    ]
    footing = Footing(SERVICE, Channel.SERVICE, Method.HAND)
    done = services.store(actor=world.actor("agent"), footing=footing, entries=entries, now=clock.now())
    return [Caller(one.customer, *said) for one, said in zip(done, people, strict=True)]


def answer(page: Page, caller: Caller) -> None:
    """From what the caller says to their masked page, in a contact."""
    page.goto("/customers/find/")
    page.get_by_label("查找客户").fill(caller.term)
    page.get_by_role("button", name="查找", exact=True).click()
    page.locator(f'a[href="/customers/{caller.id}/"]').click()
    page.get_by_label("事由").select_option("customer_called")
    page.get_by_role("button", name="开始接待").click()


def note(page: Page, text: str, *, promise: str = "") -> None:
    """Two keys where two keys will do: the field has the focus already."""
    expect(page.get_by_label("往来记录", exact=True)).to_be_focused()
    page.keyboard.type(text)
    if promise:
        page.get_by_label("接下来答应了什么").fill(promise)
        page.get_by_label("哪天前").fill(today(clock.now()).isoformat())
        page.get_by_role("button", name="记下并结束接待").click()
    else:
        page.keyboard.press("Enter")
    page.get_by_text("已记下", exact=False).first.wait_for()


def serve(client: Client, caller: Caller) -> None:
    """The same steps on the same pages, without drawing them."""
    here = f"/customers/{caller.id}/"
    assert here in client.post("/customers/find/", {"term": caller.term}).content.decode()
    shown = client.post(f"{here}contact/", {"reason_class": "customer_called"}, follow=True).content.decode()
    assert f"{caller.name[0]}**" in shown
    assert caller.name not in shown
    assert caller.mobile not in shown
    said = {"text": "1", "channel": "phone", "direction": "in", "verb": "end"}
    assert client.post(f"{here}note/", said).status_code == 302


def call_unseen(page: Page, browser: Browser, base: str, caller: Caller) -> None:
    """The code is scanned by a phone on which nobody is signed in; it dials once."""
    page.get_by_role("button", name="拨号：手机号码").click()
    expect(page.locator("svg.sx-qr")).to_be_visible()
    code = page.locator("#code").inner_text().replace(" ", "")
    assert caller.mobile not in page.content()
    context = browser.new_context(base_url=base, viewport=PHONE, locale="zh-CN")  # type: ignore[arg-type]
    phone = context.new_page()
    phone.goto(f"/customers/dial/#{code}")
    expect(phone.get_by_label("拨号码")).to_have_value(code)
    assert "#" not in phone.url  # nothing of it stays in the address
    with phone.expect_response(lambda found: found.request.method == "POST") as led:
        phone.get_by_role("button", name="拨号").click()
    assert led.value.status == 302
    assert led.value.headers["location"] == f"tel:{caller.mobile}"
    context.close()
    page.get_by_role("link", name="返回档案").click()


def test_a_morning_with_thirty_callers(
    callers: list[Caller], visitor: Visitor, browser: Browser, client: Client
) -> None:
    page = visitor.sign_in("agent")
    visitor.work_for(SERVICE)
    assert visitor.world
    visitor.world.signed_in(client, "agent").post("/purpose/", {"purpose": SERVICE})
    for n, caller in enumerate(callers):
        if n not in WATCHED:
            serve(client, caller)
            continue
        answer(page, caller)
        main = page.get_by_role("main")
        expect(main).to_contain_text(f"{caller.name[0]}**")
        shown = main.inner_text()
        assert caller.name not in shown
        assert caller.mobile not in shown
        if n == 7:
            visitor.screenshot("contact")
            call_unseen(page, browser, visitor.base, caller)
        if n in PROMISED:
            note(page, f"柜门关不上，回电 {caller.mobile}", promise="今天约师傅上门")
        else:
            note(page, "1")
    assert Record.objects.filter(kind="interaction").count() == len(callers)
    assert Dial.objects.filter(outcome="dialled").count() == 1
    called = [line for line in timeline(callers[7].id) if line.event == "number.dialled"]
    assert len(called) == 1

    page.goto(f"/customers/{callers[0].id}/timeline/")
    told = page.get_by_role("main")
    expect(told).to_contain_text(f"柜门关不上，回电 {callers[0].mobile[:3]}****{callers[0].mobile[-4:]}")
    expect(told).to_contain_text("今天约师傅上门")
    visitor.check_axe()
    visitor.screenshot("timeline")

    page.goto("/")
    page.get_by_role("link", name="今天要办的需求与承诺").click()
    boxes = page.locator('input[name="chosen"]')
    expect(boxes).to_have_count(len(PROMISED))
    visitor.check_axe()
    visitor.screenshot("list-of-the-day")
    for n in range(len(PROMISED)):
        boxes.nth(n).check()
    page.get_by_role("button", name="所选已兑现").click()
    expect(page.get_by_role("main")).to_contain_text("没有要办的需求或承诺")
    assert set(Promise.objects.values_list("state", flat=True)) == {"kept"}
    for caller in callers:
        assert not [one for one in visitor.addresses if caller.mobile in one or caller.name in one]
