"""Existing customers are told when a notice tells of a new purpose: at the portal, in person, by messages."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.core.policy import customer_actor
from shouxin.customers.informing import queries, services
from shouxin.customers.informing.models import Mailing, Receipt, Way
from shouxin.customers.informing.services import InformingProblem
from shouxin.customers.messages import sending, suppressing
from shouxin.customers.messages import services as messages
from shouxin.customers.messages.models import Channel, Outcome
from shouxin.customers.messages.tests.cast import NIGHT, caught, with_mail
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.models import NoticeVersion
from tests.register import Register, told_of_anew
from tests.world import World

ADDRESS = "https://shouxin.example/my/notices/customers/"


def new_purpose(world: World, key: str = "loyalty", name: str = "会员积分") -> NoticeVersion:
    """The notice in a version that tells of one more purpose."""
    purposes.draft_purpose(
        world.actor("sales_head"),
        key=key,
        needs_of="service",
        name_zh=name,
        name_en=key,
        description_zh="按消费记录会员积分并兑换礼品。",
        description_en="Keep points and exchange them.",
        basis_id="CN-13-1-2",
        retention_rule_id="R-CUST-BASE",
        notice_id="customers",
        roles=["clerk"],
        subjects_zh="会员",
        handler="守信示例公司",
    )
    told_of_anew(world)
    return NoticeVersion.objects.filter(notice="customers", language="zh-Hans").latest("number")


def tells(register: Register, name: str) -> list[int]:
    return [told.number for told, _known in queries.outstanding(register[name], clock.now())]


@pytest.mark.django_db(transaction=True)
def test_whoever_was_a_customer_before_is_told_once_and_the_receipt_stands(register: Register) -> None:
    assert queries.outstanding(register["li"], clock.now()) == []
    version = new_purpose(register.world)
    assert tells(register, "li") == [version.number]
    older = NoticeVersion.objects.get(notice="customers", language="zh-Hans", number=version.number - 1)
    added = [one for one in changes.between(older, version) if one.what == "added"]
    assert [one.name for one in added] == ["会员积分"]
    assert added[0].after[0].heading.startswith("二、")
    assert "兑换礼品" in added[0].after[0].text

    me, now = customer_actor(register["li"]), clock.now()
    with pytest.raises(InformingProblem):
        services.acknowledge(actor=me, sha256=older.sha256, now=now)
    done = services.acknowledge(actor=me, sha256=version.sha256, now=now)
    assert services.acknowledge(actor=me, sha256=version.sha256, now=now).id == done.id
    assert (done.way, done.sha256, done.operator) == (Way.PORTAL, version.sha256, register["li"])
    entry = timeline(register["li"], limit=1)[0]
    assert (entry.id, entry.event) == (done.entry, "informed.acknowledged")
    assert tells(register, "li") == []
    with pytest.raises(IntegrityError), transaction.atomic():
        Receipt.objects.filter(id=done.id).update(way=Way.COUNTER)

    told_of_anew(register.world)  # the same facts in another version oblige nobody to anything
    assert tells(register, "li") == []
    assert tells(register, "zhang") == [
        version.number + 1
    ]  # who does not know of the purpose reads of it there
    last = new_purpose(register.world, "points", "积分抽奖")
    assert tells(register, "li") == [last.number]


@pytest.mark.django_db(transaction=True)
def test_whoever_came_later_was_told_when_they_came(register: Register) -> None:
    version = new_purpose(register.world)
    Customer.objects.filter(id=register["li"]).update(created_at=clock.now() + timedelta(seconds=1))
    assert tells(register, "li") == []
    told = queries.told_of(version.id)
    assert told is not None
    left = queries.remaining(register.world.actor("sales_head"), told)
    assert register["li"] not in {row.id for row in left}


@pytest.mark.django_db(transaction=True)
def test_the_rest_are_sent_to_and_what_arrived_is_a_receipt(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What law demands needs no consent, no leave of the suppression list and no hour; it is sent once to each."""
    with_mail(register, "li", "zhang")
    Customer.objects.filter(id=register["zhang"]).update(restricted=True)
    version = new_purpose(register.world)
    letters = caught(monkeypatch)
    with transaction.atomic():
        digest = suppressing.digests("EMAIL", ["li@mail.example"])[0]
        suppressing.add(digest, "marketing", clock.now())
        suppressing.add(digest, "legal_obligation", clock.now())
    head, officer = register.world.actor("sales_head"), register.world.actor("officer")
    services.acknowledge(actor=customer_actor(register["secret"]), sha256=version.sha256, now=clock.now())

    row = services.send_remaining(
        actor=head, version_id=version.id, channel=Channel.EMAIL, address=ADDRESS, now=NIGHT
    )
    members = set(row.recipients.values_list("customer_id", flat=True))
    assert {register["li"], register["zhang"], register["huaxin"]} <= members
    assert register["secret"] not in members  # who has read it already
    with pytest.raises(InformingProblem):  # everybody is in a message that is under way
        services.send_remaining(
            actor=head, version_id=version.id, channel=Channel.SMS, address=ADDRESS, now=NIGHT
        )
    sending.count(message=row.id, now=NIGHT)
    row = messages.submit(actor=head, message=row.id, origin=ADDRESS, now=NIGHT)
    messages.approve(actor=officer, message=row.id, seen=row.sha256, now=NIGHT)
    assert Receipt.objects.filter(way=Way.EMAIL).count() == 0
    sending.work(message=row.id, now_is=lambda: NIGHT, lot=100)

    assert {letter.to for letter in letters} == {"li@mail.example", "zhang@mail.example"}
    assert all(
        "新增用途：会员积分" in letter.content.body and ADDRESS in letter.content.body for letter in letters
    )
    sent = Receipt.objects.filter(way=Way.EMAIL)
    assert {one.customer_id for one in sent} == {register["li"], register["zhang"]}
    assert {one.message for one in sent} == {row.id}
    assert {timeline(one.customer_id, limit=1)[0].id for one in sent} == {one.entry for one in sent}
    told = queries.told_of(version.id)
    assert told is not None
    reach = queries.reach(head, [told])[version.id]
    assert (reach.ways, reach.reached) == ({"email": 2, "portal": 1}, 3)
    left = {one.id for one in queries.remaining(head, told)}
    assert register["huaxin"] in left  # without an address: somebody has to tell them
    assert row.recipients.get(customer=register["huaxin"]).outcome == Outcome.LEFT_OUT
    assert Mailing.objects.get().version_id == version.id


@pytest.mark.django_db(transaction=True)
def test_the_list_counts_without_a_statement_per_version(register: Register, client: Client) -> None:
    new_purpose(register.world)
    register.world.signed_in(client, "sales_head")
    client.get("/customers/informing/")
    with CaptureQueriesContext(connection) as one:
        page = client.get("/customers/informing/").content.decode()
    assert "第 2 版" in page
    for number in range(3):
        new_purpose(register.world, f"more_{number}", f"更多用途{number}")
    client.get("/customers/informing/")
    with CaptureQueriesContext(connection) as many:
        page = client.get("/customers/informing/").content.decode()
    assert "第 5 版" in page
    assert len(many) == len(one)


@pytest.mark.django_db(transaction=True)
def test_staff_see_who_is_left_and_tell_somebody_in_person(register: Register, client: Client) -> None:
    version = new_purpose(register.world)
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": "sales_contract"})
    page = client.get(f"/customers/informing/{version.id}/").content.decode()
    assert "新增用途：会员积分" in page
    assert "李**" in page
    assert "告知有变化" in client.get(f"/customers/{register['li']}/").content.decode()
    told = client.get(f"/customers/{register['li']}/informing/").content.decode()
    assert version.sha256 in told
    client.post(f"/customers/{register['li']}/informing/", {"told": version.sha256})
    receipt = Receipt.objects.get()
    assert (receipt.customer_id, receipt.way) == (register["li"], Way.COUNTER)
    assert "告知有变化" not in client.get(f"/customers/{register['li']}/").content.decode()
    # A customer beyond their sight cannot be written down as told.
    assert (
        client.post(f"/customers/{register['service']}/informing/", {"told": version.sha256}).status_code
        == 404
    )
