"""A customer's page as a clerk works with it: who it is, what can be done, and as few questions to the database for
many records as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import GroupState, service_actor
from shouxin.customers.promises import rules as promises
from shouxin.customers.promises.models import Kind as PromiseKind
from shouxin.customers.promises.services import make
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, RecordKind, Scope
from shouxin.customers.relationships.models import Kind as RelationKind
from shouxin.customers.relationships.models import Side
from shouxin.customers.relationships.services import relate
from shouxin.kit import clock
from shouxin.vault.lifecycle import move_state
from shouxin.vault.queries import states
from tests.register import FOOTING, SALES, Register, grant, kept


def page(register: Register, client: Client, name: str) -> str:
    return client.get(f"/customers/{register[name]}/").content.decode()


@pytest.fixture
def clerk(register: Register, client: Client) -> Client:
    client = register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    return client


def busier(register: Register, start: int, end: int) -> None:
    """Orders, contacts, promises and related persons for 华信, numbered from `start` on."""
    clerk, now, huaxin = register.world.actor("clerk"), clock.now(), register["huaxin"]
    place = (register.world.departments["sales"].id, Scope.DEPARTMENT, clerk.id)
    orders = [kept({"order_no": f"CN-2026-1{n:03}", "order_date": "2026-10-02"}) for n in range(start, end)]
    records = [RecordEntry(RecordKind.ORDER, values) for values in orders]
    records += [
        RecordEntry(RecordKind.CONTACT, kept({"contact_name": f"王{n}静"})) for n in range(start, end)
    ]
    entries = [CustomerEntry(Kind.ORGANISATION, {}, id=huaxin, records=records)]
    entries += [
        CustomerEntry(Kind.PERSON, kept({"person_name": f"张{n}"}), *place) for n in range(start, end)
    ]
    stored = services.store(actor=clerk, footing=FOOTING, entries=entries, now=now)
    for n, other in enumerate(stored[1:]):
        make(
            actor=clerk,
            purpose=SALES,
            customer=huaxin,
            kind=PromiseKind.PROMISE,
            text=f"送样 {n}",
            owner=register.world.people["clerk"].id,
            due_on=promises.today(now) + timedelta(days=3),
            now=now,
        )
        relate(
            actor=clerk,
            purpose=SALES,
            customer=huaxin,
            other=other.customer,
            kind=RelationKind.CONTACT,
            side=Side.FIRST,
            since=promises.today(now),
            now=now,
        )


def test_many_records_ask_the_database_no_more_than_few(register: Register, clerk: Client) -> None:
    busier(register, 0, 1)
    page(register, clerk, "huaxin")  # whatever is read once is read
    before, few = asked(register, clerk)
    busier(register, 1, 5)
    page(register, clerk, "huaxin")
    after, many = asked(register, clerk)
    assert after.count("CN-2026-") > before.count("CN-2026-")
    assert many == few


def asked(register: Register, clerk: Client) -> tuple[str, int]:
    """The page of 华信, and how many questions it asks the database."""
    with CaptureQueriesContext(connection) as captured:
        shown = page(register, clerk, "huaxin")
    return shown, len(captured)


def test_the_sections_are_counted_and_can_be_gone_to(register: Register, clerk: Client) -> None:
    busier(register, 0, 3)
    shown = page(register, clerk, "huaxin")
    anchors = shown[
        shown.index('class="sx-anchors"') : shown.index("</nav>", shown.index('class="sx-anchors"'))
    ]
    for anchor, count in (("records-order", 4), ("records-contact", 4), ("promises", 3), ("relations", 3)):
        place = anchors.index(f'href="#{anchor}"')
        assert f">{count}<" in anchors[place : anchors.index("</a>", place)]
        assert f'id="{anchor}"' in shown


def test_the_lines_of_an_order_are_folded_below_its_row(register: Register, clerk: Client) -> None:
    shown = page(register, clerk, "huaxin")
    row = shown[shown.index("CN-2026-0001") :]
    folded = row[row.index("<details>") : row.index("</details>")]
    assert "会议桌" in folded
    assert "明细 2 行" in folded


def test_a_contact_says_beforehand_what_it_opens_and_what_not(register: Register, clerk: Client) -> None:
    assert "开始后可看明文：" not in page(register, clerk, "li")
    grant(register)
    shown = page(register, clerk, "li")
    opens = shown[shown.index("开始后可看明文：") :].split("</p>")[0]
    beyond = shown[shown.index("您的授权不包括：") :].split("</p>")[0]
    never = shown[shown.index("不能列入常设授权：") :].split("</p>")[0]
    assert "手机号码" in opens
    assert "住址" in beyond
    assert f"/access/grants/propose/?purpose={SALES}" in beyond
    assert "居民身份证号码" in never
    assert "居民身份证号码" not in beyond  # the form that the link leads to does not offer it
    clerk.post(f"/customers/{register['li']}/contact/", {"reason_class": "order", "note": ""})
    shown = page(register, clerk, "li")
    assert "还剩 30 分钟" in shown
    assert "使用中 · 接待中" in shown


def test_what_is_not_possible_says_why_and_who_may(register: Register, client: Client) -> None:
    """查看明文 before a contact leads to it, or to a grant where a contact would open nothing; the page of a customer
    of others names who answers for it."""
    client = register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    alone = page(register, client, "li")
    assert f'href="/access/grants/propose/?purpose={SALES}"' in alone[alone.index('id="verbs"') :]
    grant(register)
    assert 'href="#contact"' in page(register, client, "li")
    Customer.objects.filter(id=register["service"]).update(scope="organisation")
    shown = page(register, client, "service")
    verbs = shown[shown.index('id="verbs"') : shown.index("</section>", shown.index('id="verbs"'))]
    assert "赵敏" in verbs
    contact = shown[shown.index('id="contact"') : shown.index("</section>", shown.index('id="contact"'))]
    assert "请找赵敏" in contact
    assert "/access/grants/propose/" not in contact  # no grant reaches a customer of others
    assert "/edit/" not in verbs


def test_a_locked_group_is_said_to_be_locked_and_shows_nothing(register: Register, clerk: Client) -> None:
    assert "138****5678" in page(register, clerk, "li")
    lock(register)
    shown = page(register, clerk, "li")
    assert "138****5678" not in shown
    assert "封存" in shown
    assert "手机号码" in shown[shown.index('id="profile"') :].split("</section>")[0]


def lock(register: Register) -> None:
    """封存 for every group of 李小明."""
    li = register["li"]
    groups = [(li, group) for group in states([li])[li]]
    for state in (GroupState.IN_USE, GroupState.LOCKED):
        move_state(actor=service_actor("retention"), groups=groups, state=state)


@pytest.mark.parametrize("note", ["字" * 201, "客户\x00来电"])
def test_a_note_that_cannot_be_kept_is_asked_for_anew(register: Register, clerk: Client, note: str) -> None:
    said = {"reason_class": "order", "note": note}
    shown = clerk.post(f"/customers/{register['li']}/contact/", said, follow=True)
    assert "补充说明最多 200 字" in shown.content.decode()
    assert "还剩 30 分钟" not in shown.content.decode()
