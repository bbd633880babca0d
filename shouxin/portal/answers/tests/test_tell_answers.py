"""An answer is told by mail: number and link, once, to a confirmed address, never for somebody nobody identified."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.customers.messages import direct
from shouxin.customers.messages.drivers import Unclear
from shouxin.journal.queries import timeline
from shouxin.kit import clock, mail
from shouxin.portal.answers import services
from shouxin.portal.answers.models import Letter
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, give, grow_old, known, post
from shouxin.rights.cases import answering
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Kind, Outcome, Requester
from shouxin.rights.cases.tests.cast import SAID, filed, in_hand
from tests.register import Register

__all__ = ["known", "post"]
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
