"""An answer is told by mail: number and link, once, to a confirmed address, never for somebody nobody identified."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.messages import direct
from shouxin.customers.messages.drivers import Unclear
from shouxin.customers.messages.tests.test_send_by_gateway import gateway
from shouxin.journal.queries import timeline
from shouxin.kit import clock, mail
from shouxin.people.notices.kinds import kinds
from shouxin.portal.answers import services
from shouxin.portal.answers.models import Letter
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, give, grow_old, known, post
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, Requester
from shouxin.rights.cases.tests.cast import SAID, filed, in_hand
from tests.harness.receiver import Receiver
from tests.register import PHONE, Register

__all__ = ["gateway", "known", "post"]
WORDS = "您的信息用于履行合同"
pytestmark = pytest.mark.django_db


def answered(register: Register, case: Case) -> Case:
    answer = Answer(Outcome.GRANTED, "", WORDS)
    return answering.propose(
        actor=register.world.actor("clerk"), case=case.id, answer=answer, now=clock.now()
    )


def told(register: Register) -> list[str]:
    return [one.event for one in timeline(register["li"], limit=20) if one.event.startswith("portal.answer")]


def test_a_mail_says_number_and_link_and_leaves_once(
    known: Register, post: Post, settings: LazySettings
) -> None:
    settings.PUBLIC_ADDRESS = "https://my.example"
    case = answered(known, in_hand(known, Kind.KNOW))
    assert services.tell(now_is=clock.now) == 1
    to, text = post.letters[-1]
    assert to == ADDRESS
    assert case.number in text
    assert f"https://my.example/my/requests/{case.id}/" in text
    for hidden in (WORDS, SAID, "李小明", "13812345678", "知情", "同意"):
        assert hidden not in text
    assert services.tell(now_is=clock.now) == 0
    assert len(post.letters) == 1
    assert told(known) == ["portal.answer_told"]
    clerk = Client()
    known.world.signed_in(clerk, "clerk")
    assert "已发出" in clerk.get(f"/rights/{case.id}/").content.decode()


def test_nobody_unproved_and_nobody_else_is_written_to(known: Register, post: Post) -> None:
    level_of_nobody = answered(known, in_hand(known, Kind.EXPLAIN_RULES))
    assert level_of_nobody.verified_at is None
    agent = filed(known, Kind.KNOW, requester=Requester.AGENT).case
    agent.verified_at, agent.state = clock.now(), "answered"
    services.note(known.world.actor("clerk"), agent, clock.now())
    assert services.tell(now_is=clock.now) == 0
    assert not post.letters
    assert sorted(Letter.objects.values_list("outcome", "reason")) == [
        ("left_out", "identity"),
        ("left_out", "other"),
    ]
    inquiry = filed(known, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    inquiry.state = "answered"
    services.note(known.world.actor("officer"), inquiry, clock.now())
    assert Letter.objects.count() == 2


def test_an_address_that_is_shared_or_old_is_not_used(known: Register, post: Post) -> None:
    give(known, "zhang", email=ADDRESS)
    answered(known, in_hand(known, Kind.KNOW))
    assert services.tell(now_is=clock.now) == 0
    give(known, "zhang", email="other@example.com")
    grow_old(known, "li", 500)
    answered(known, in_hand(known, Kind.KNOW))
    assert services.tell(now_is=clock.now) == 0
    assert not post.letters
    assert set(Letter.objects.values_list("outcome", "reason")) == {("left_out", "address")}


def test_what_was_cut_off_or_unclear_is_not_sent_again(
    known: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = clock.now()
    answered(known, in_hand(known, Kind.KNOW))
    Letter.objects.update(outcome="claimed", claimed_at=now - services.CUT_OFF)
    assert services.tell(now_is=lambda: now) == 0
    assert Letter.objects.get().outcome == "unclear"

    def unsure(_letter: object, _by: object) -> str:
        raise Unclear("mail.unclear")

    answered(known, in_hand(known, Kind.KNOW))
    monkeypatch.setattr(direct, "hand_over", unsure)
    for later in (now, now + timedelta(hours=1)):
        assert services.tell(now_is=partial(datetime.fromtimestamp, later.timestamp(), UTC)) == 0
    assert set(Letter.objects.values_list("outcome", flat=True)) == {"unclear"}
    assert told(known) == ["portal.answer_unclear"] * 2
    assert mail.is_configured()


def test_who_has_a_phone_alone_is_told_by_text_message(register: Register, gateway: Receiver) -> None:
    """Nothing in it but the number and where to read: whoever holds the phone reads it."""
    case = answered(register, in_hand(register, Kind.KNOW))
    assert services.tell(now_is=clock.now) == 1
    (got,) = gateway.got
    sent = json.loads(got.body)
    assert sent["phone"].endswith(PHONE)
    assert case.number in sent["content"]
    assert "登录客户门户查看" in sent["content"]
    for hidden in (WORDS, SAID, "李小明", PHONE, "知情", "同意"):
        assert hidden not in sent["content"]
    assert services.tell(now_is=clock.now) == 0
    assert Letter.objects.get().outcome == "sent"


def to_write(later: timedelta = timedelta(0)) -> list[UUID]:
    return [who for who, _matter in kinds["portal.write"].find(clock.now() + later)]


def test_an_answer_that_no_message_told_of_is_written_by_post_once(known: Register, post: Post) -> None:
    """Whoever dealt with it reads so until they say that they wrote; nobody else can say it."""
    grow_old(known, "li", 500)
    case = answered(known, in_hand(known, Kind.KNOW))
    assert not to_write()  # it may still leave
    assert to_write(timedelta(days=2)) == [known.world.people["clerk"].id]
    assert services.tell(now_is=clock.now) == 0
    assert to_write() == [known.world.people["clerk"].id]
    clerk = known.world.signed_in(Client(), "clerk")
    page = clerk.get(f"/rights/{case.id}/").content.decode()
    assert "请书面答复申请人" in page
    path = f"/portal/answers/{Letter.objects.get().id}/posted/"
    assert path in page
    officer = known.world.signed_in(Client(), "officer")
    assert "请书面答复申请人" in officer.get(f"/rights/{case.id}/").content.decode()
    officer.post(path)
    assert to_write()
    assert clerk.post(path).status_code == 302
    assert not to_write(timedelta(days=2))
    page = clerk.get(f"/rights/{case.id}/").content.decode()
    assert "请书面答复申请人" not in page
    assert "已书面告知" in page
    clerk.post(path)  # twice is once
    assert told(known) == ["portal.answer_posted", "portal.answer_not_told"]


def test_nobody_writes_by_post_to_whom_the_answer_is_given_otherwise(known: Register, post: Post) -> None:
    """Told by mail; asked for somebody else; identified by nobody; or rated, so read."""
    answered(known, in_hand(known, Kind.KNOW))
    answered(known, in_hand(known, Kind.EXPLAIN_RULES))
    assert services.tell(now_is=clock.now) == 1
    assert not to_write(timedelta(days=2))
    grow_old(known, "li", 500)
    case = answered(known, in_hand(known, Kind.KNOW))
    services.tell(now_is=clock.now)
    assert len(to_write()) == 1
    answering.rate(actor=customer_actor(known["li"]), case=case.id, score=5, now=clock.now())
    agent = filed(known, Kind.KNOW, requester=Requester.AGENT).case
    clerk = known.world.actor("clerk")
    cases.take(actor=clerk, case=agent.id, now=clock.now())
    for method in (Check.Method.DOCUMENT, Check.Method.MANDATE):
        cases.check(actor=clerk, case=agent.id, method=method, now=clock.now())
    assert answered(known, agent).state == "answered"
    assert Letter.objects.get(case=agent).reason == "other"
    assert not to_write(timedelta(days=2))


@pytest.mark.parametrize("outcome", [Outcome.GRANTED, Outcome.REFUSED])
def test_a_cancelled_account_is_told_to_read_by_number_and_code(
    known: Register, post: Post, settings: LazySettings, outcome: Outcome
) -> None:
    """It opens to no sign-in any more; where it was refused it does."""
    settings.PUBLIC_ADDRESS = "https://my.example"
    case = in_hand(known, Kind.CANCEL)
    answer = Answer(outcome, "excessive" if outcome is Outcome.REFUSED else "")
    answering.propose(actor=known.world.actor("clerk"), case=case.id, answer=answer, now=clock.now())
    answering.approve(actor=known.world.actor("sales_head"), case=case.id, now=clock.now())
    assert services.tell(now_is=clock.now) == 1
    text = post.letters[-1][1]
    closed = outcome is Outcome.GRANTED
    assert ("请登录" in text) is not closed
    assert ("查询码" in text) is closed
    where = "/my/follow/" if closed else f"/my/requests/{case.id}/"
    assert f"https://my.example{where}" in text
    assert "注销后" not in text or closed
