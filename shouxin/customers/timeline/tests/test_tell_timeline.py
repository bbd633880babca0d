"""One timeline of a customer: noted in two keystrokes, told in sentences, masked, filtered and paged by key."""

import re
from datetime import time, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.preferences import services as preferences
from shouxin.customers.promises import services as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.promises.models import Promise
from shouxin.customers.promises.rules import today
from shouxin.customers.promises.services import PromiseProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, Record, RecordKind
from shouxin.customers.registry.services import store
from shouxin.customers.timeline import presenting, queries, rules, services
from shouxin.customers.timeline.services import NoteProblem, Said
from shouxin.gate import services as gate
from shouxin.gate.queries import live_contact
from shouxin.kit import clock
from shouxin.kit.lists import Place, Window
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db

SPOKEN = "2 客户问样布，回电 13812345678"


def meet(register: Register, name: str = "li") -> None:
    gate.open_contact(
        actor=register.world.actor("clerk"),
        customer=register[name],
        purpose=SALES,
        reason_class="customer_called",
        note="",
        now=clock.now(),
    )


def note(register: Register, text: str = SPOKEN, *, name: str = "li", end: bool = False, **more: Any) -> UUID:
    said = Said(**{"channel": "phone", "direction": "in", "text": text, **more})
    return services.note(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register[name],
        said=said,
        end_contact=end,
        now=clock.now(),
    )


def told(register: Register, show: str = "", name: str = "li") -> list[str]:
    return [line["sentence"] for line in page(register, show, name)]


def page(register: Register, show: str = "", name: str = "li") -> list[dict[str, Any]]:
    return presenting.lines(at(register, Place(), show, name).rows, SALES)


def at(register: Register, place: Place, show: str = "", name: str = "li") -> Window[queries.Item]:
    return queries.page(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register[name]),
        show=show,
        place=place,
        now=clock.now(),
    )


@pytest.fixture
def browser(register: Register, client: Client) -> Client:
    found = register.world.signed_in(client, "clerk")
    found.post("/purpose/", {"purpose": SALES})
    return found


@pytest.mark.parametrize(
    ("typed", "outcome", "text"),
    [
        ("1", "已答复", "已答复"),
        (" 3 ", "未接通", "未接通"),
        ("2 寄了样布", "已办理", "寄了样布"),
        ("5、下周三", "约定再联系", "下周三"),
        ("2026 年的目录要一份", "", "2026 年的目录要一份"),
        ("6", "", "6"),
    ],
)
def test_a_digit_stands_for_what_most_contacts_come_to(typed: str, outcome: str, text: str) -> None:
    assert rules.read(typed) == rules.Noted(outcome, text)


def test_two_keys_note_a_contact(register: Register, browser: Client) -> None:
    meet(register)
    here = f"/customers/{register['li']}/"
    assert "记下这次往来" in browser.get(here).content.decode()
    said = {"text": "1", "channel": "phone", "direction": "in"}  # the form as it stands, and one digit
    assert browser.post(f"{here}note/", said | {"verb": "end"}, follow=True).status_code == 200
    assert live_contact(actor=register.world.actor("clerk"), customer=register["li"], now=clock.now()) is None
    assert Record.objects.filter(customer_id=register["li"], kind="interaction").count() == 1
    after = browser.get(here).content.decode()
    assert "已答复" in after
    assert "还没有记录" not in after


def test_an_ended_contact_asks_for_its_note(register: Register, browser: Client) -> None:
    meet(register)
    here = f"/customers/{register['li']}/"
    browser.post(f"{here}contact/end/")
    assert "刚结束的接待还没有记录" in browser.get(here).content.decode()
    note(register)
    assert "刚结束的接待还没有记录" not in browser.get(here).content.decode()
    later = clock.now() + queries.SUGGESTED_FOR + timedelta(minutes=1)
    assert queries.unnoted(register.world.actor("clerk"), register["li"], later) is None


def test_what_was_promised_goes_onto_the_list(register: Register) -> None:
    note(register, promise="寄样布", due_on=today(clock.now()) + timedelta(days=1))
    assert Promise.objects.get().owner_id == register.world.people["clerk"].id


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": " "}, r"text\.length"),
        ({"promise": "寄样布"}, r"promise\.half"),
        ({"promise": "寄样布", "due_on": today(clock.now()) - timedelta(days=2)}, r"due\.past"),
    ],
)
def test_half_a_note_keeps_nothing(register: Register, said: dict[str, Any], code: str) -> None:
    with pytest.raises((NoteProblem, PromiseProblem), match=code):
        note(register, **said)
    assert not Record.objects.filter(kind__in=["interaction", "promise"]).exists()


@pytest.mark.clause("C1.0")
def test_a_salesperson_reads_needs_and_purchases_while_the_phone_stays_masked(
    register: Register, browser: Client
) -> None:
    promises.make(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["huaxin"],
        kind=PromiseKind.NEED,
        text="明年换一层楼的家具",
        owner=register.world.people["clerk"].id,
        due_on=today(clock.now()),
        now=clock.now(),
    )
    limit(register, hours=(time(9), time(18)))
    view = registry.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["huaxin"]),
        fields=["contact_mobile", "product_name", "need_text", "contact_hours"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    shown = dict(view.cells) | {key: cell for record in view.records for key, cell in record.cells.items()}
    grades = {key: (cell.rule.level, cell.rule.trade_secret) for key, cell in shown.items()}
    assert grades == {
        "contact_mobile": (3, False),
        "product_name": (2, False),
        "need_text": (3, True),
        "contact_hours": (2, False),
    }
    page = browser.get(f"/customers/{register['huaxin']}/").content.decode()
    for told in ("办公椅", "会议桌", "明年换一层楼的家具", "09:00–18:00", "135****2222"):
        assert told in page
    assert "13511112222" not in page


def limit(register: Register, **said: Any) -> None:
    wanted: dict[str, Any] = {"refused": [], "hours": None, "language": "", **said}
    preferences.set_limits(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customer=register["huaxin"],
        revision=Customer.objects.get(id=register["huaxin"]).revision,
        now=clock.now(),
        **wanted,
    )


def test_everything_stands_on_one_line_masked(register: Register) -> None:
    meet(register, "huaxin")
    note(register, name="huaxin", promise="下周送目录", due_on=today(clock.now()))
    note(register, "送来的椅子有划痕", name="huaxin", complaint=True, end=True)
    limit(register, refused=["sms"])
    lines = page(register, name="huaxin")
    everything = "\n".join(line["sentence"] for line in lines)
    for part in ("办公椅、会议桌", "下周送目录", "划痕", "登记联系限制", "开始一次接待", "138****5678"):
        assert part in everything
    assert "13812345678" not in everything
    assert [line["tag"] for line in lines if line.get("bad")] == ["投诉"]
    assert "查看脱敏档案" not in everything  # looking has a filter of its own
    filters = {show: told(register, show, name="huaxin") for show in presenting.SHOWS}
    assert len(filters["trade"]) == 1
    assert len(filters["limits"]) == 1
    assert len(filters["promises"]) == 2  # that it was noted, and what it says
    assert any("查看脱敏档案" in sentence for sentence in filters["reads"])
    assert sum("划痕" in sentence for sentence in filters["contacts"]) == 1
    assert any("更新客户信息" in sentence for sentence in filters["changes"])


def test_paging_by_key_shows_every_line_once(register: Register) -> None:
    for number in range(queries.PER_PAGE + 3):
        note(register, f"第{number}次")
    seen, place = list[UUID](), Place(size=queries.PER_PAGE)
    while True:
        found = at(register, place)
        seen += [item.id for item in found.rows]
        if found.following is None:
            break
        place = Place(after=found.following, size=queries.PER_PAGE)
    assert len(seen) == len(set(seen))
    noted = Record.objects.filter(kind="interaction").values_list("id", flat=True)
    assert set(noted) <= set(seen)
    assert seen == sorted(seen, reverse=True)


def test_dealings_stand_by_their_own_day_over_all_pages(register: Register, browser: Client) -> None:
    days = [f"2025-{1 + number * 7 % 12:02d}-{1 + number:02d}" for number in range(queries.PER_PAGE + 3)]
    orders = [
        RecordEntry(RecordKind.ORDER, kept({"order_no": f"R-{day}", "order_date": day})) for day in days
    ]
    entry = CustomerEntry(Kind.PERSON, {}, id=register["li"], records=orders)
    store(actor=register.world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now())
    here, seen = f"/customers/{register['li']}/", list[str]()
    address = "?show=trade"
    while address:
        text = browser.get(f"{here}timeline/{address}").content.decode()
        seen += re.findall(r">(2025-\d\d-\d\d)</time>", text)
        last, following = address, re.search(r'href="(\?show=trade&amp;after=[^"]+)"', text)
        address = following[1].replace("&amp;", "&") if following else ""
    assert seen == sorted(days, reverse=True)
    previous = re.search(r'href="(\?show=trade&amp;before=[^"]+)"', text)
    assert previous is not None, last
    text = browser.get(f"{here}timeline/{previous[1].replace('&amp;', '&')}").content.decode()
    assert re.findall(r">(2025-\d\d-\d\d)</time>", text) == sorted(days, reverse=True)[: queries.PER_PAGE]
    card = browser.get(here).content.decode().split('id="dealings"')[1]
    assert re.findall(r">(2025-\d\d-\d\d)</time>", card) == sorted(days, reverse=True)[: presenting.LATEST]


def test_a_promise_without_its_day_is_marked_at_the_day(register: Register, browser: Client) -> None:
    said = {"text": "1", "channel": "phone", "direction": "in", "promise": "寄样布"}
    answer = browser.post(f"/customers/{register['li']}/note/", said)
    assert answer.status_code == 422
    day = re.search(r'<input type="date"[^>]*>', answer.content.decode())
    assert day is not None
    assert 'aria-invalid="true"' in day[0]
    assert "autofocus" in day[0]


@pytest.mark.django_db(transaction=True)
def test_nobody_else_reads_or_writes_it(register: Register, client: Client) -> None:
    stranger = register.world.signed_in(client, "agent")
    stranger.post("/purpose/", {"purpose": "service"})
    assert stranger.get(f"/customers/{register['li']}/timeline/").status_code == 404
    assert stranger.post(f"/customers/{register['li']}/note/", {"text": "1"}).status_code == 404
    with pytest.raises(gate.Refused):
        services.note(
            actor=register.world.actor("agent"),
            purpose=SALES,
            customer=register["li"],
            said=Said("phone", "in", "1"),
            end_contact=False,
            now=clock.now(),
        )


def test_the_page_has_its_filters(register: Register, browser: Client) -> None:
    note(register, "3")
    text = browser.get(f"/customers/{register['li']}/timeline/", {"show": "contacts"}).content.decode()
    assert "未接通" in text
    assert 'aria-current="page"' in text
