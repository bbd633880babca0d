"""An extension is told once, by mail or text message, without a word of what was asked; else staff write by post."""

import json
from datetime import timedelta
from uuid import UUID

import pytest
from django.conf import LazySettings
from django.test import Client

from shouxin.customers.messages.tests.conftest import Mailbox, mailbox
from shouxin.customers.messages.tests.test_send_by_gateway import gateway
from shouxin.journal.queries import of_events, timeline
from shouxin.kit import clock
from shouxin.people.notices.kinds import kinds
from shouxin.portal.answers import services
from shouxin.portal.answers.models import Letter
from shouxin.portal.entering.tests.conftest import ADDRESS, give, grow_old
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Kind, Outcome, Requester
from shouxin.rights.cases.tests.cast import SAID, filed, in_hand
from tests.harness.receiver import Receiver
from tests.register import PHONE, Register

__all__ = ["gateway", "mailbox"]
HIDDEN = (SAID, "李小明", PHONE, "副本", "复制")
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_set_up(monkeypatch: pytest.MonkeyPatch, settings: LazySettings) -> None:
    monkeypatch.delenv("SHOUXIN_SMTP", raising=False)
    settings.PUBLIC_ADDRESS = "https://my.example"


def extended(register: Register, case: Case) -> Case:
    return cases.extend(actor=register.world.actor("clerk"), case=case.id, why="complexity", now=clock.now())


def to_write(later: timedelta = timedelta(0)) -> list[UUID]:
    """Who is asked to write by post."""
    return [who for who, _matter in kinds["portal.write"].find(clock.now() + later)]


def told(register: Register) -> list[str]:
    return [one.event for one in timeline(register["li"], limit=20) if one.event.startswith("portal.ext")]


def test_a_mail_says_number_day_and_link_once(register: Register, mailbox: Mailbox) -> None:
    give(register, "li", email=ADDRESS)
    case = extended(register, in_hand(register, Kind.COPY))
    assert services.tell(now_is=clock.now) == 1
    body = mailbox.body(ADDRESS)
    for said in (
        case.number,
        case.due_on.isoformat(),
        f"https://my.example/my/requests/{case.id}/",
        "要求复杂",
        "complex",
    ):
        assert said in body
    for hidden in HIDDEN:
        assert hidden not in body
    assert services.tell(now_is=clock.now) == 0
    assert told(register) == ["portal.extension_told"]
    assert not to_write()
    clerk = Client()
    register.world.signed_in(clerk, "clerk")
    page = clerk.get(f"/rights/{case.id}/").content.decode()
    assert "延长期限" in page
    assert "请书面告知申请人" not in page


def test_a_text_message_goes_to_whoever_has_a_phone_alone(register: Register, gateway: Receiver) -> None:
    case = extended(register, in_hand(register, Kind.COPY))
    assert services.tell(now_is=clock.now) == 1
    (got,) = gateway.got
    sent = json.loads(got.body)
    assert sent["phone"].endswith(PHONE)
    assert case.number in sent["content"]
    assert case.due_on.isoformat() in sent["content"]
    assert "要求复杂" in sent["content"]
    for hidden in HIDDEN:
        assert hidden not in sent["content"]
    assert services.tell(now_is=clock.now) == 0
    assert Letter.objects.get().outcome == "sent"


def test_who_cannot_be_reached_is_written_to_by_post(register: Register) -> None:
    """Nothing set up; nobody known; another person who asked: whoever has it in hand is told to write until the end."""
    clerk = register.world.people["clerk"].id
    extended(register, in_hand(register, Kind.COPY))
    assert not to_write()  # it may still leave
    assert to_write(timedelta(days=2)) == [clerk]  # a server that takes nothing for days
    assert services.tell(now_is=clock.now) == 0
    unknown = filed(register, Kind.EXPLAIN_RULES, customer=None, text="别的事", contact="x@example.cn").case
    cases.take(actor=register.world.actor("clerk"), case=unknown.id, now=clock.now())
    extended(register, unknown)
    agent = filed(register, Kind.KNOW, requester=Requester.AGENT).case
    agent = cases.take(actor=register.world.actor("clerk"), case=agent.id, now=clock.now())
    extended(register, agent)
    assert sorted(Letter.objects.values_list("outcome", "reason")) == [
        ("left_out", "channel"),
        ("left_out", "identity"),
        ("left_out", "identity"),
    ]
    assert to_write() == [clerk] * 3
    browser = Client()
    register.world.signed_in(browser, "clerk")
    page = browser.get(f"/rights/{Letter.objects.earliest('noted_at').case_id}/").content.decode()
    assert "请书面告知申请人" in page
    assert "没有接通邮件或短信" in page
    answer = Answer(Outcome.GRANTED, "", "处理规则见告知")
    answering.propose(actor=register.world.actor("clerk"), case=unknown.id, answer=answer, now=clock.now())
    assert to_write() == [clerk] * 2


def test_an_old_contact_is_not_used(register: Register, mailbox: Mailbox) -> None:
    give(register, "li", email=ADDRESS)
    grow_old(register, "li", 500)
    extended(register, in_hand(register, Kind.COPY))
    assert services.tell(now_is=clock.now) == 0
    assert not mailbox.letters
    assert Letter.objects.get().reason == "address"
    assert to_write()


def test_what_was_answered_meanwhile_is_not_told_to_take_longer(register: Register, mailbox: Mailbox) -> None:
    give(register, "li", email=ADDRESS)
    case = extended(register, in_hand(register, Kind.KNOW))
    answer = Answer(Outcome.GRANTED, "", "您的信息用于履行合同")
    answering.propose(actor=register.world.actor("clerk"), case=case.id, answer=answer, now=clock.now())
    assert services.tell(now_is=clock.now) == 1  # of the answer
    assert "已有答复" in mailbox.body(ADDRESS)
    assert sorted(Letter.objects.values_list("about", "outcome", "reason")) == [
        ("answer", "sent", ""),
        ("extended", "left_out", "answered"),
    ]
    assert not to_write()


def test_no_contact_is_read_for_what_is_no_news(register: Register, mailbox: Mailbox) -> None:
    give(register, "li", email=ADDRESS)
    case = extended(register, in_hand(register, Kind.COPY))
    cases.withdraw(actor=register.world.actor("clerk"), case=case.id, now=clock.now())
    assert services.tell(now_is=clock.now) == 0
    assert "send_code" not in {line.data["reason"] for line in of_events(["maintenance.opened"])}
    assert Letter.objects.get().reason == "answered"
