"""Staff change what identifies or reaches a person: one masked message a day, to a contact that was theirs before."""

import json
from datetime import datetime, timedelta

import pytest
from django.conf import LazySettings

from shouxin.core.policy import customer_actor
from shouxin.customers.messages.tests.conftest import Mailbox, mailbox
from shouxin.customers.messages.tests.test_send_by_gateway import gateway
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.journal.queries import timeline
from shouxin.kit import clock, ids, mail
from shouxin.portal.changes import rules, services, telling
from shouxin.portal.changes.models import Change, Notice
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, give, grow_old, known, post
from tests.harness.receiver import Receiver
from tests.register import FOOTING, PHONE, Register

__all__ = [
    "gateway",
    "known",
    "mailbox",
    "post",
]  # fixtures of the door: a mailbox, and 李小明 with an address on file
OTHER = "13900001111"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def address(settings: LazySettings) -> None:
    settings.PUBLIC_ADDRESS = "https://my.example"


def change(register: Register, name: str = "li", **values: str) -> datetime:
    """Staff write these values; when."""
    now, row = clock.now(), Customer.objects.get(id=register[name])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values={key: Kept(text, 1) for key, text in values.items()},
        now=now,
    )
    return now


def settled() -> None:
    """What was written before counts as long known."""
    Change.objects.all().delete()


def tell(at: datetime) -> int:
    return telling.tell(now_is=lambda: at)


@pytest.mark.clause("A5.4")
def test_changes_are_told_masked_bundled_and_once_a_day_to_an_earlier_contact(
    known: Register, post: Post
) -> None:
    settled()
    change(known, mobile=OTHER)
    change(known, home_address="上海市浦东新区世纪大道100号")
    change(known, segment="企业主")  # seen in the portal, not worth a message
    now = clock.now()
    assert tell(now) == 0  # what is changed together is told together
    assert tell(now + rules.SETTLES + timedelta(seconds=1)) == 1
    to, text = post.letters[-1]
    assert to == ADDRESS
    for said in ("手机号码", "住址", "****", "https://my.example/my/not-me/"):
        assert said in text
    for hidden in (PHONE, OTHER, "世纪大道", "细分", "中关村"):
        assert hidden not in text
    row = Notice.objects.get()
    assert (row.outcome, row.channel, row.field, row.earlier) == ("sent", "email", "email", False)
    assert text.split("/my/not-me/")[1].split("/")[0].encode() not in bytes(row.token_digest or b"")
    told = next(line for line in timeline(known["li"], limit=5) if line.event == "portal.change_told")
    assert told.data["fields"] == ["home_address", "mobile"]
    change(known, mobile=PHONE)
    later = now + timedelta(hours=2)
    assert tell(later) == 0
    assert len(post.letters) == 1
    assert tell(now + rules.APART + timedelta(hours=1)) == 1
    assert len(post.letters) == 2


def test_a_new_contact_alone_is_never_told(known: Register, post: Post) -> None:
    """The thief of an account writes their own address in: the message goes to the one before, or to nobody."""
    settled()
    change(known, email="thief@example.com")
    change(known, name="zhang", email="thief2@example.com")
    at = clock.now() + rules.SETTLES + timedelta(seconds=1)
    assert tell(at) == 1
    assert [to for to, _text in post.letters] == [ADDRESS]
    assert Notice.objects.get(customer_id=known["li"]).earlier
    assert Notice.objects.get(customer_id=known["zhang"]).reason == "channel:sms"  # a phone, and no gateway
    change(
        known, id_number="110101199003070011"
    )  # some days later the former address still is the person's own
    assert tell(at + timedelta(days=3)) == 1
    assert [to for to, _text in post.letters] == [ADDRESS, ADDRESS]


def test_what_was_put_back_or_written_by_the_person_is_no_news(known: Register, post: Post) -> None:
    settled()
    change(known, mobile=OTHER)
    change(known, mobile=PHONE)
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 0
    assert Notice.objects.get().reason == "unchanged"
    assert post.letters == []


def test_a_worker_cut_off_after_the_claim_never_sends_again(
    known: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    settled()
    change(known, mobile=OTHER)
    at = clock.now() + rules.SETTLES + timedelta(seconds=1)

    def away(**_said: str) -> None:
        raise mail.NotSent("unreachable")

    monkeypatch.setattr(mail, "send", away)
    assert tell(at) == 0  # nothing was handed over: it is tried again
    assert not Notice.objects.exists()

    def killed(**_said: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mail, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        tell(at)
    monkeypatch.setattr(mail, "send", post.send)
    assert Notice.objects.get().outcome == "claimed"
    for later in (timedelta(minutes=1), timedelta(minutes=5), timedelta(days=2)):
        assert tell(at + later) == 0
    assert Notice.objects.get().outcome == "unclear"
    assert post.letters == []


def test_whoever_came_from_outside_is_told_of_nothing_at_first(known: Register) -> None:
    """New customers were not changed."""
    assert not Change.objects.filter(customer_id=known["zhang"]).exists()
    give(known, "zhang", email=ADDRESS)
    assert Change.objects.filter(customer_id=known["zhang"]).count() == 1


def untold(register: Register, monkeypatch: pytest.MonkeyPatch) -> datetime:
    """李小明's address was changed while no mail server was set up; when they would have been told."""
    monkeypatch.delenv("SHOUXIN_SMTP", raising=False)
    give(register, "li", email=ADDRESS)
    settled()
    change(register, home_address="上海市浦东新区世纪大道100号")
    now = clock.now() + rules.SETTLES + timedelta(seconds=1)
    assert tell(now) == 0
    return now


def test_without_mail_they_wait_until_it_is_set_up(
    register: Register, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What staff changed before the mail server was connected is told by it, from a real one, once and masked."""
    now = untold(register, monkeypatch)
    left = Notice.objects.get()
    assert (left.outcome, left.reason) == ("left_out", "channel:email,sms")
    assert tell(now + timedelta(days=1)) == 0  # nothing is read again as long as nothing is set up
    assert Notice.objects.get().id == left.id
    box: Mailbox = request.getfixturevalue("mailbox")
    later = now + rules.WAITS - timedelta(hours=1)
    assert tell(later) == 1
    body = box.body(ADDRESS)
    assert "住址" in body
    for hidden in ("世纪大道", "中关村"):
        assert hidden not in body
    assert (Notice.objects.get().outcome, Change.objects.get().notice_id) == ("sent", Notice.objects.get().id)
    assert tell(later + timedelta(days=2)) == 0
    assert len(box.letters) == 1
    events = [line.event for line in timeline(register["li"], limit=6)]
    assert [one for one in events if one.startswith("portal.change")] == [
        "portal.change_told",
        "portal.change_not_told",
    ]


def test_what_waited_too_long_is_shown_at_the_portal_alone(
    register: Register, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = untold(register, monkeypatch)
    request.getfixturevalue("mailbox")
    assert tell(now + rules.WAITS) == 0
    assert Notice.objects.get().outcome == "left_out"
    assert rules.WAITS < rules.TRUSTED_AFTER - rules.APART


def test_a_way_they_cannot_be_reached_by_releases_nothing(
    register: Register, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """张伟 has a phone alone: a mail server is no reason to read his values again and again."""
    monkeypatch.delenv("SHOUXIN_SMTP", raising=False)
    settled()
    change(register, "zhang", person_name="张大伟")
    now = clock.now() + rules.SETTLES + timedelta(seconds=1)
    assert tell(now) == 0
    left = Notice.objects.get()
    assert left.reason == "channel:sms"
    request.getfixturevalue("mailbox")
    assert tell(now + timedelta(days=1)) == 0
    assert Notice.objects.get().id == left.id


def told_barely(register: Register, post: Post) -> None:
    """One mail left: that something was changed; neither what, nor the link that stops it."""
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 1
    to, text = post.letters[-1]
    assert to == ADDRESS
    assert "有更改" in text
    assert "与我们联系" in text
    for hidden in ("住址", "****", "not-me", "世纪大道", "中关村", "李"):
        assert hidden not in text
    row = Notice.objects.get(customer_id=register["li"])
    assert (row.outcome, row.token_digest, row.expires_at) == ("sent", None, None)
    events = [line.event for line in timeline(register["li"], limit=5)]
    assert "portal.change_told_barely" in events
    assert "portal.change_told" not in events


@pytest.mark.clause("A5.4")
def test_to_a_contact_that_nobody_confirmed_for_long_no_value_and_no_link_goes(
    known: Register, post: Post
) -> None:
    """Its number or address may belong to somebody else by now, who could stop the change with one click."""
    settled()
    grow_old(known, "li", 400)
    change(known, home_address="上海市浦东新区世纪大道100号")
    told_barely(known, post)


@pytest.mark.clause("A5.4")
def test_to_a_contact_that_others_have_too_no_value_and_no_link_goes(known: Register, post: Post) -> None:
    give(known, "zhang", email=ADDRESS)
    settled()
    change(known, home_address="上海市浦东新区世纪大道100号")
    told_barely(known, post)


def test_a_sure_contact_goes_before_one_that_may_be_somebody_elses(
    known: Register, post: Post, gateway: Receiver
) -> None:
    give(known, "zhang", email=ADDRESS)
    settled()
    change(known, home_address="上海市浦东新区世纪大道100号")
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 1
    assert not post.letters
    (got,) = gateway.got
    assert json.loads(got.body)["phone"].endswith(PHONE)
    assert "/my/not-me/" in json.loads(got.body)["content"]


def test_a_contact_that_was_denied_long_ago_is_told_nothing(known: Register, post: Post) -> None:
    """The address of before it is the person's own."""
    settled()
    change(known, email="thief@example.com")
    entry = next(one for one in timeline(known["li"], limit=5) if one.event == "customer.changed")
    services.deny_change(me=customer_actor(known["li"]), entry=entry.id, session=ids.new(), now=clock.now())
    settled()  # written so long ago that it would count as the person's own
    change(known, id_number="110101199003070011")
    assert tell(clock.now() + rules.SETTLES + timedelta(seconds=1)) == 1
    assert [to for to, _text in post.letters] == [ADDRESS]
