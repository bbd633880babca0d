"""A customer comes in by a code to the phone on file; a number that changed hands opens nothing by itself."""

import json
import re
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.messages.models import Message
from shouxin.customers.messages.tests.test_send_by_gateway import gateway  # noqa: F401 - a fixture
from shouxin.journal.queries import timeline
from shouxin.portal.entering import rules
from shouxin.portal.entering.models import Challenge, Session, Way
from shouxin.portal.entering.tests.conftest import ADDRESS, LAST_OF_ID, Post, ask, give, grow_old
from shouxin.portal.entering.tests.test_resist_attacks import shape
from shouxin.rights.cases import queries
from shouxin.rights.cases.models import Case, Check
from tests.harness.jobs import run_queued
from tests.harness.receiver import Receiver
from tests.register import PHONE, Register

NOBODYS = "13700000001"


def code_in(gateway: Receiver) -> str:  # noqa: F811
    found = re.search(r"\b\d{6}\b", json.loads(gateway.got[-1].body)["content"])
    assert found
    return found[0]


@pytest.mark.django_db(transaction=True)
def test_a_code_comes_as_a_text_message_and_the_second_by_another_way(
    register: Register,
    gateway: Receiver,  # noqa: F811
    post: Post,
    client: Client,
    caplog: pytest.LogCaptureFixture,
) -> None:
    assert "手机短信" in client.get("/my/sign-in/").content.decode()
    ask(client, "+86 138-1234-5678")
    sent = json.loads(gateway.got[0].body)
    assert sent["phone"] == PHONE
    assert sent["ref"] == str(Challenge.objects.get().id)
    code = code_in(gateway)
    assert client.post("/my/code/", {"code": code}).url == "/my/"  # type: ignore[attr-defined]
    assert (Session.objects.get().way, post.letters) == (Way.SMS, [])
    assert not Message.objects.exists()  # what is said to one person this minute is kept nowhere
    assert code not in caplog.text
    assert PHONE not in caplog.text
    told = next(line for line in timeline(register["li"], limit=9) if line.event == "portal.signed_in")
    assert told.sentence("zh-hans") == "本人登录门户：短信验证码"
    client.post("/my/clear/ask/")
    run_queued("portal")
    assert len(gateway.got) == 2  # nothing else is on file
    give(register, "li", email=ADDRESS)
    client.post("/my/clear/ask/")
    run_queued("portal")
    assert [to for to, _text in post.letters] == [ADDRESS]
    assert client.post("/my/clear/", {"code": post.code}).url == "/my/"  # type: ignore[attr-defined]


@pytest.mark.django_db(transaction=True)
def test_two_codes_to_one_phone_prove_no_more_than_one(
    register: Register,
    gateway: Receiver,  # noqa: F811
    post: Post,
    client: Client,
) -> None:
    """Whoever holds the phone alone sees values in clear, but is not taken for known as well as by two ways."""

    def proof_of(kind: str) -> list[str]:
        client.post("/my/requests/", {"kind": kind, "text": "请给我看"})
        return list(queries.methods_of(Case.objects.get(kind=kind)))

    ask(client, PHONE)
    client.post("/my/code/", {"code": code_in(gateway)})
    client.post("/my/clear/ask/")
    run_queued("portal")
    assert client.post("/my/clear/", {"code": code_in(gateway)}).url == "/my/"  # type: ignore[attr-defined]
    assert PHONE in client.get("/my/").content.decode()
    assert proof_of("access") == [Check.Method.PORTAL]
    give(register, "li", email=ADDRESS)
    client.post("/my/clear/ask/")
    run_queued("portal")
    assert client.post("/my/clear/", {"code": post.code}).url == "/my/"  # type: ignore[attr-defined]
    assert proof_of("copy") == [Check.Method.PORTAL_TWICE]


def test_a_recycled_or_shared_number_asks_for_one_more_detail(
    register: Register,
    gateway: Receiver,  # noqa: F811
    client: Client,
) -> None:
    grow_old(register, "li", 366)
    ask(client, PHONE)
    assert client.post("/my/code/", {"code": code_in(gateway)}).url == "/my/detail/"  # type: ignore[attr-defined]
    assert client.post("/my/detail/", {"detail": PHONE[-4:]}).status_code == 422
    assert client.post("/my/detail/", {"detail": LAST_OF_ID}).url == "/my/"  # type: ignore[attr-defined]
    give(register, "zhang", mobile=PHONE)
    grow_old(register, "li", 0)
    shared: Any = Client()
    ask(shared, PHONE)
    assert shared.post("/my/code/", {"code": code_in(gateway)}).url == "/my/detail/"
    assert shared.post("/my/detail/", {"detail": "张伟-10002"}).url == "/my/"
    assert Session.objects.order_by("-started_at")[0].customer_id == register["zhang"]


def test_nobody_learns_whose_number_is_known_nor_floods_it(
    register: Register,
    gateway: Receiver,  # noqa: F811
) -> None:
    asked = []
    for place, number in enumerate((PHONE, NOBODYS)):
        client = Client(REMOTE_ADDR=f"192.0.2.{place}")
        asked.append(shape(client, "/my/sign-in/", {"contact": number}))
        run_queued("portal")
    assert asked[0] == asked[1]
    for _ in range(rules.PER_IDENTIFIER + 1):
        ask(Client(REMOTE_ADDR="192.0.2.9"), PHONE)
    assert {json.loads(one.body)["phone"] for one in gateway.got} == {PHONE}
    assert len(gateway.got) == rules.PER_IDENTIFIER


def test_a_code_that_the_gateway_did_not_take_opens_nothing(
    register: Register,
    gateway: Receiver,  # noqa: F811
    client: Client,
) -> None:
    gateway.answers = [400]
    ask(client, PHONE)
    assert client.post("/my/code/", {"code": code_in(gateway)}).status_code == 422
    assert not Session.objects.exists()
