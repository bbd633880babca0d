"""A message is asked about anew for each recipient as it is handed over, goes once, and its log proves it."""

import os
import re
import signal
from threading import Thread
from typing import Any

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.customers.consents.models import Consent
from shouxin.customers.messages import drivers, queries, sending, services, words
from shouxin.customers.messages.drivers import Parcel, Unclear
from shouxin.customers.messages.models import Message, Recipient, State, Suppression
from shouxin.customers.messages.problems import MessageProblem
from shouxin.customers.messages.tests.cast import (
    NIGHT,
    NOON,
    OFFER,
    ORIGIN,
    agree,
    approved,
    drafted,
    put,
    said,
    send,
    with_mail,
    withdraw,
)
from shouxin.customers.messages.tests.conftest import Mailbox
from shouxin.customers.registry import restricting
from shouxin.journal.models import Entry
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import Register

pytestmark = pytest.mark.django_db
LI, ZHANG = "li@mail.example", "zhang@mail.example"


@pytest.mark.clause("B4.3")
def test_only_who_agreed_is_sent_to_and_the_log_names_the_consent(
    register: Register, mailbox: Mailbox
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li")
    message = send(approved(register, "li", "zhang", "huaxin"))
    assert message.state == State.DONE
    assert list(mailbox.letters) == [LI]
    assert said(message) == {
        register["li"]: ("sent", ""),
        register["zhang"]: ("left_out", "consent.missing"),
        register["huaxin"]: ("left_out", "consent.missing"),
    }
    sent = message.recipients.get(outcome="sent")
    consent = Consent.objects.get(customer=register["li"], purpose="marketing", kind="general")
    assert (sent.decision, sent.sent_at, sent.field) == (consent.decision_id, NOON, "email")
    assert next(iter(timeline(register["li"], limit=1))).event == "message.sent"
    assert str(consent.decision_id).encode() in bytes(Entry.objects.get(event="message.sent").body)
    assert not any(b"mail.example" in bytes(entry.body) for entry in Entry.objects.all())
    with pytest.raises(IntegrityError), transaction.atomic():
        Recipient.objects.filter(id=sent.id).update(decision=None)
    send(message)
    assert len(mailbox.letters) == 1


@pytest.mark.clause("C10.4")
def test_an_offer_is_stopped_until_it_is_whole_and_approved_from_outside(
    register: Register, mailbox: Mailbox
) -> None:
    with_mail(register, "li")
    agree(register, "li")
    clerk, officer = register.world.actor("clerk"), register.world.actor("officer")
    row = drafted(register, "li", body="全网最低价的办公椅", terms="", proof=None)
    with pytest.raises(MessageProblem) as held:
        services.submit(actor=clerk, message=row.id, origin=ORIGIN, now=NOON)
    assert [one.code for one in held.value.lacks] == ["terms", "proof", "absolute"]
    assert Entry.objects.filter(event="message.held_back").count() == 1
    assert Message.objects.get().state == State.DRAFT
    services.revise(actor=clerk, message=row.id, written=OFFER, now=NOON)
    with pytest.raises(MessageProblem, match="not-counted"):
        services.submit(actor=clerk, message=row.id, origin=ORIGIN, now=NOON)
    sending.count(message=row.id, now=NOON)
    row = services.submit(actor=clerk, message=row.id, origin=ORIGIN, now=NOON)
    assert services.proof_of(row).startswith(b"%PDF")
    assert OFFER.proof
    assert OFFER.proof.content not in bytes(row.proof or b"")
    for who, code in (("sales_head", "inside"), ("marketing_head", "unknown")):
        with pytest.raises(MessageProblem, match=code):
            services.approve(actor=register.world.actor(who), message=row.id, seen=row.sha256, now=NOON)
    with pytest.raises(NotAllowed):
        services.approve(actor=clerk, message=row.id, seen=row.sha256, now=NOON)
    with pytest.raises(MessageProblem, match="changed"):
        services.approve(actor=officer, message=row.id, seen="0" * 64, now=NOON)
    Message.objects.filter(id=row.id).update(body="别的内容")  # behind everybody's back
    with pytest.raises(MessageProblem, match="changed"):
        services.approve(actor=officer, message=row.id, seen=row.sha256, now=NOON)
    Message.objects.filter(id=row.id).update(body=OFFER.body)
    assert list(queries.awaiting(officer)) == [row]
    assert not queries.awaiting(register.world.actor("sales_head"))
    services.approve(actor=officer, message=row.id, seen=row.sha256, now=NOON)
    send(row)
    letter = mailbox.letters[LI]
    assert "守信示例公司" in str(letter["From"])
    assert OFFER.terms in mailbox.body(LI)


@pytest.mark.clause("C10.4")
def test_one_click_leaves_at_once_even_while_the_message_is_being_sent(
    register: Register, mailbox: Mailbox, client: Client
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    message = approved(register, "li", "zhang")
    assert sending.step(message=message.id, now=NOON)  # one of the two is sent to
    (first,) = mailbox.letters
    link = re.search(rf"{ORIGIN}(\S+)", mailbox.body(first))
    assert link
    assert mailbox.letters[first]["List-Unsubscribe"] == f"<{link[0]}>"
    assert mailbox.letters[first]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    other = "zhang" if first == LI else "li"
    withdraw(register, other)  # queued, not yet sent
    shown = client.get(link[1])
    assert shown.status_code == 200
    assert Suppression.objects.count() == 0  # looking is not leaving
    by_program = Client(enforce_csrf_checks=True)
    assert by_program.post(link[1], {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert client.post(link[1]).status_code == 200  # twice is as good as once
    assert Suppression.objects.count() == 1
    assert not Consent.objects.filter(purpose="marketing", state="given").exists()
    assert Entry.objects.filter(event="message.unsubscribed").count() == 1
    send(message)
    assert list(mailbox.letters) == [first]
    assert said(message)[register[other]] == ("left_out", "consent.missing")
    for forged in (link[1][:-3] + "AA/", "/customers/u/AAAA/"):
        assert client.post(forged).status_code == 404
    agree(register, "li", "zhang")  # whoever agrees again still has an address that wants nothing
    again = send(approved(register, "li", "zhang"))
    assert said(again)[register["zhang" if other == "li" else "li"]] == ("left_out", "suppressed")


def test_whoever_is_restricted_waits_or_shares_an_address_is_left_out_and_counted(
    register: Register, mailbox: Mailbox
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    row = drafted(register, "li", "zhang", "huaxin")
    assert row.counted == {"send": 2, "consent.missing": 1}
    restricting.restrict(
        actor=register.world.actor("clerk"), customers=[register["zhang"]], reason="test", now=clock.now()
    )
    sending.count(message=row.id, now=NIGHT)
    row.refresh_from_db()
    assert row.counted == {"later": 1, "consent.missing": 1, "customer.restricted": 1}
    row = services.submit(actor=register.world.actor("clerk"), message=row.id, origin=ORIGIN, now=NIGHT)
    row = services.approve(actor=register.world.actor("officer"), message=row.id, seen=row.sha256, now=NIGHT)
    send(row, NIGHT)
    assert (row.state, mailbox.letters) == (State.SENDING, {})
    waiting = row.recipients.get(outcome="waiting")
    assert waiting.reason == "quiet.hours"
    assert waiting.not_before
    send(row, waiting.not_before)
    assert (row.state, list(mailbox.letters)) == (State.DONE, [LI])


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_under_way_comes_before_the_hand_over(register: Register, mailbox: Mailbox) -> None:
    """The person withdraws; before that is committed a worker comes to their row: it waits, and leaves them out."""
    with_mail(register, "li")
    agree(register, "li")
    message = approved(register, "li")

    def work() -> None:
        try:
            sending.step(message=message.id, now=NOON)
        finally:
            connections.close_all()

    worker = Thread(target=work)
    with transaction.atomic():
        withdraw(register, "li")
        worker.start()
        waits = "SELECT count(*) FROM pg_locks WHERE locktype IN ('transactionid', 'tuple') AND NOT granted"
        with connection.cursor() as cursor:
            while worker.is_alive():
                cursor.execute(waits)
                if cursor.fetchone()[0]:
                    break
        assert worker.is_alive()  # it waits for the decision
    worker.join()
    assert said(message) == {register["li"]: ("left_out", "consent.missing")}
    assert mailbox.letters == {}


@pytest.mark.django_db(transaction=True)
def test_two_workers_and_a_kill_send_to_nobody_twice(register: Register, mailbox: Mailbox) -> None:
    """Killed right after the server took the message, and two that come after it at once."""
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    message = approved(register, "li", "zhang")
    connections.close_all()
    child = os.fork()
    if child == 0:

        def dies(*_given: object, **_more: object) -> None:
            os.kill(os.getpid(), signal.SIGKILL)

        sending._settle = dies
        sending.step(message=message.id, now=NOON)
        os._exit(0)
    assert os.waitpid(child, 0)[1] == signal.SIGKILL
    assert len(mailbox.letters) == 1

    def work() -> None:
        try:
            sending.work(message=message.id, now_is=lambda: NOON, lot=10)
        finally:
            connections.close_all()

    together = [Thread(target=work) for _one in range(2)]
    for one in together:
        one.start()
    for one in together:
        one.join()
    send(message, NOON + sending.SETTLES)  # the mail box refuses a second letter to anybody
    assert sorted(said(message).values()) == [("sent", ""), ("unclear", "cut-off")]
    assert sorted(mailbox.letters) == [LI, ZHANG]
    assert message.state == State.DONE


def test_what_was_cut_off_is_never_sent_again(
    register: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    message = approved(register, "li", "zhang")

    def killed(_parcel: Parcel) -> str:
        raise SystemExit  # after the claim, before anybody knows

    monkeypatch.setattr(sending, "DRIVERS", {"email": killed})
    with pytest.raises(SystemExit):
        sending.step(message=message.id, now=NOON)
    monkeypatch.setattr(sending, "DRIVERS", drivers.DRIVERS)
    send(message)
    assert message.state == State.SENDING  # one hand-over is still open
    assert len(mailbox.letters) == 1
    send(message, NOON + sending.SETTLES)
    assert message.state == State.DONE
    assert sorted(said(message).values()) == [("sent", ""), ("unclear", "cut-off")]
    assert len(mailbox.letters) == 1


def test_what_cannot_be_handed_over_waits_and_what_nobody_knows_is_said(
    register: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li", "zhang")
    agree(register, "li", "zhang")
    message = approved(register, "li", "zhang")
    monkeypatch.setenv("SHOUXIN_SMTP", "")
    send(message)
    assert (message.state, message.problem) == (State.PAUSED, "mail.not-configured")
    assert {outcome for outcome, _reason in said(message).values()} == {"waiting"}
    with pytest.raises(MessageProblem, match="unknown"):
        services.go_on(actor=register.world.actor("marketer"), message=message.id)
    services.go_on(actor=register.world.actor("clerk"), message=message.id)

    def silent(_parcel: Parcel) -> str:
        raise Unclear("mail.unclear")

    monkeypatch.setattr(sending, "DRIVERS", {"email": silent})
    send(message, lot=1)
    services.stop(actor=register.world.actor("officer"), message=message.id, now=NOON)
    send(message)
    assert sorted(said(message).values()) == [("left_out", "stopped"), ("unclear", "mail.unclear")]
    assert mailbox.letters == {}


def test_one_address_of_two_customers_gets_one_message(register: Register, mailbox: Mailbox) -> None:
    agree(register, "li", "zhang")
    for name, address in (("li", "Family@Mail.example"), ("zhang", "family@mail.example")):
        put(register, name, email=address)
    row = drafted(register, "li", "zhang")
    assert row.counted == {"address.repeated": 1, "send": 1}
    assert len(said(send(approved(register, "li", "zhang")))) == len(mailbox.letters) + 1


@pytest.mark.parametrize(
    ("altered", "problem"),
    [
        ({"body": "全网最低价，到店出示本邮件即可。"}, "content.altered"),
        ({"proof": None}, "content.altered"),
    ],
)
def test_what_was_altered_after_it_was_approved_is_sent_to_nobody(
    register: Register, mailbox: Mailbox, altered: dict[str, Any], problem: str
) -> None:
    with_mail(register, "li")
    agree(register, "li")
    message = approved(register, "li")
    Message.objects.filter(id=message.id).update(**altered)
    send(message)
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.PAUSED, problem)
    assert not mailbox.letters


def test_words_forbidden_since_the_approval_are_sent_to_nobody(
    register: Register, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li")
    agree(register, "li")
    message = approved(register, "li")
    word = words.Word("八折", words.DEFAULT)
    monkeypatch.setattr(words, "absolute", lambda text: [word] if word.text in text else [])
    send(message)
    message.refresh_from_db()
    assert (message.state, message.problem) == (State.PAUSED, "content.lacks")
    assert not mailbox.letters
