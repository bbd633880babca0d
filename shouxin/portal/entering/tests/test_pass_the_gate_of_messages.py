"""Codes leave by the gate that everything leaves by: at once, to nobody who denied the contact, with an entry for each;
and whoever asked for one learns nothing of that."""

import re
from concurrent.futures import ThreadPoolExecutor, wait
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.messages import codes, suppressing
from shouxin.customers.messages.tests.cast import MARKETING, NIGHT
from shouxin.customers.quality import codes as mail_codes
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry import denied, restricting
from shouxin.gate import services as gate
from shouxin.journal.models import Entry
from shouxin.journal.queries import timeline
from shouxin.kit import clock, ids
from shouxin.portal.changes import services as changes
from shouxin.portal.changes.models import Freeze
from shouxin.portal.entering import rules, services
from shouxin.portal.entering.models import Challenge
from shouxin.portal.entering.tests.conftest import ADDRESS, Post, ask, give
from shouxin.portal.entering.tests.test_resist_attacks import STRANGER, shape
from tests.harness.jobs import run_queued
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)


def deny(register: Register, name: str = "li") -> Freeze:
    """“This is not me”: the latest change of the customer's file is out of use until staff settled it."""
    entry = next(one for one in timeline(register[name]) if one.event == "customer.changed")
    me = customer_actor(register[name])
    return changes.deny_change(me=me, entry=entry.id, session=ids.new(), now=clock.now())


def lines(register: Register, event: str, name: str = "li") -> list[Any]:
    return [one for one in timeline(register[name], limit=50) if one.event == event]


def test_no_code_goes_to_a_contact_that_was_denied_and_nobody_can_tell(known: Register, post: Post) -> None:
    freeze = deny(known)
    asked, wrong = [], []
    for number, contact in enumerate((ADDRESS, STRANGER)):
        client = Client(REMOTE_ADDR=f"192.0.2.{number}")
        asked.append(shape(client, "/my/sign-in/", {"contact": contact}))
        run_queued("portal")
        wrong.append([shape(client, "/my/code/", {"code": "000000"}) for _ in range(rules.TRIES + 1)])
    assert not post.letters
    assert asked[0] == asked[1]
    assert wrong[0] == wrong[1]
    (held,) = lines(known, "portal.code_held_back")
    assert held.data["held_back"] == "address.locked"
    assert held.data["channel"] == "email"
    assert "本人否认" in held.sentence("zh-hans")
    assert "address.locked" not in held.sentence("en")
    # Asking on and on fills no journal either.
    for _ in range(rules.PER_IDENTIFIER + 2):
        ask(Client())
    assert len(lines(known, "portal.code_held_back")) == rules.PER_IDENTIFIER
    Freeze.objects.filter(id=freeze.id).update(settled_at=clock.now())
    Challenge.objects.update(sent_at=None)
    ask(Client())
    assert [to for to, _text in post.letters] == [ADDRESS]  # once it is settled


def test_of_a_denial_and_a_code_at_once_the_code_sees_the_denial(known: Register, post: Post) -> None:
    Client().post("/my/sign-in/", {"contact": ADDRESS})
    challenge = Challenge.objects.get().id

    def send() -> None:
        services.send(challenge=challenge, now=clock.now())
        connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            deny(known)
            sending = pool.submit(send)
            wait([sending], timeout=0.5)
            assert not sending.done()  # it waits for what is being decided about the person
        sending.result(timeout=20)
    assert not post.letters
    assert lines(known, "portal.code_held_back")


def test_a_contact_denied_by_one_still_opens_for_another(known: Register, post: Post) -> None:
    give(known, "zhang", email=ADDRESS)
    deny(known, "zhang")
    client = Client()
    ask(client)
    assert [to for to, _text in post.letters] == [ADDRESS]
    assert lines(known, "portal.code_sent")
    assert not lines(known, "portal.code_sent", "zhang")
    assert lines(known, "portal.code_held_back", "zhang")


def test_a_code_goes_at_once_whatever_hour_wish_or_withdrawal(
    known: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    li, head = known["li"], known.world.actor("sales_head")
    suppressing.add(suppressing.digests("EMAIL", [ADDRESS])[0], MARKETING, clock.now())
    restricting.restrict(actor=head, customers=[li], reason="own_request", now=clock.now(), restricted=True)
    monkeypatch.setattr(clock, "now", _next_night)
    client = Client()
    ask(client)
    assert [to for to, _text in post.letters] == [ADDRESS]
    (sent,) = lines(known, "portal.code_sent")
    assert {"sending", "channel", "carrier", "fields"} <= set(sent.data)
    body = b"".join(bytes(one) for one in Entry.objects.values_list("body", flat=True))
    assert post.code.encode() not in re.sub(rb"[0-9a-f]{8}-[0-9a-f-]{27}|[0-9a-f]{32,}", b"", body)
    assert ADDRESS.encode() not in body


def _next_night() -> datetime:
    return datetime.now(NIGHT.tzinfo).replace(hour=15, minute=0) + timedelta(days=1)


def test_a_second_code_goes_to_what_was_not_denied_or_nowhere(
    inside: Client, known: Register, post: Post
) -> None:
    post.letters.clear()
    inside.post("/my/clear/ask/")
    run_queued("portal")
    assert len(post.letters) == 1
    deny(known)
    post.letters.clear()
    inside.post("/my/clear/ask/")
    run_queued("portal")
    assert not post.letters


@pytest.mark.parametrize("way", ["sign in", "second", "case", "counter"])
def test_every_code_asks_the_gate_right_before_it_leaves(
    inside: Client, known: Register, post: Post, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    post.letters.clear()
    asked: list[Any] = []

    def closed(**about: Any) -> str:
        asked.append(about)
        return "customer.unknown"

    monkeypatch.setattr(codes, "judge", closed)
    if way == "sign in":
        ask(Client())
    elif way == "second":
        inside.post("/my/clear/ask/")
    elif way == "case":
        services.ask_for(case=ids.new(), contact=STRANGER, address="192.0.2.1", now=clock.now())
    else:
        place = mail_codes.Place(known["li"], known["li"], "email")
        with pytest.raises(QualityProblem, match=r"mail\.held-back"):
            mail_codes.send(actor=known.world.actor("clerk"), purpose=SALES, place=place, now=clock.now())
    run_queued("portal")
    assert asked
    assert not post.letters


def test_at_the_counter_no_code_goes_to_a_contact_that_was_denied(
    known: Register, post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = mail_codes.Place(known["li"], known["li"], "email")

    def send() -> None:
        mail_codes.send(actor=known.world.actor("clerk"), purpose=SALES, place=place, now=clock.now())

    with monkeypatch.context() as before:  # before its group was put out of use
        before.setattr(denied, "places", lambda _customers: {(known["li"], "email")})
        with pytest.raises(QualityProblem, match=r"mail\.held-back"):
            send()
    (held,) = lines(known, "code.held_back")
    assert held.data["held_back"] == "address.locked"
    deny(known)
    with pytest.raises(gate.Refused):
        send()
    assert not post.letters
