"""Text messages go out by a real gateway over HTTP, confirmed by two; call lists leave out whoever wants no calls."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from shouxin.customers.messages import services
from shouxin.customers.messages.gateway import GatewayForm
from shouxin.customers.messages.models import Channel, Message, State
from shouxin.customers.messages.tests.cast import (
    NOON,
    NOTICE,
    ORIGIN,
    agree,
    approved,
    drafted,
    put,
    said,
    send,
)
from shouxin.kit import clock
from shouxin.people.connections import services as connections
from shouxin.people.connections.models import Kind as Connected
from tests.harness.receiver import Receiver
from tests.register import PHONE, Register

pytestmark = pytest.mark.django_db
KEY = "a key of the gateway"
SHIPPED: Mapping[str, Any] = {**NOTICE, "channel": Channel.SMS, "body": "您的订单已发货。"}


@pytest.fixture
def gateway(register: Register) -> Iterator[Receiver]:
    with Receiver(says=b'{"number": 77}') as here:
        form = GatewayForm(
            {
                "url": here.url + "send",
                "to": "phone",
                "text": "content",
                "reference": "ref",
                "answer": "number",
                "networks": "127.0.0.0/8",
                "secret_value": KEY,
            }
        )
        assert form.is_valid(), form.errors
        drafted = connections.draft(
            actor=register.world.actor("system_admin"),
            kind=Connected.SMS,
            name="短信",
            settings=form.stored(),
            secret=form.secret(),
            now=clock.now(),
        )
        connections.confirm(
            actor=register.world.actor("security_admin"),
            connection_id=drafted.id,
            drafted_at=drafted.drafted_at,
            now=clock.now(),
        )
        yield here


def notice(register: Register) -> Message:
    row = drafted(register, "li", "zhang", "huaxin", **SHIPPED)
    row = services.submit(actor=register.world.actor("clerk"), message=row.id, origin=ORIGIN, now=NOON)
    return services.approve(
        actor=register.world.actor("sales_head"), message=row.id, seen=row.sha256, now=NOON
    )


def test_each_answer_of_the_gateway_means_one_thing(register: Register, gateway: Receiver) -> None:
    message = notice(register)
    gateway.answers = [401]
    send(message)
    assert (message.state, message.problem, len(gateway.got)) == (State.PAUSED, "gateway.key", 1)
    services.go_on(actor=register.world.actor("clerk"), message=message.id)
    gateway.answers = [200, 400, 500]
    send(message)
    assert message.state == State.DONE
    assert sorted(said(message).values()) == [
        ("failed", "gateway.refused"),
        ("sent", ""),
        ("unclear", "gateway.unclear"),
    ]
    assert message.recipients.get(outcome="sent").provider_id == "77"
    sent = [json.loads(one.body) for one in gateway.got]
    assert {one["phone"] for one in sent} == {
        PHONE,
        "13987654321",
        "13511112222",
    }  # of the organisation: its contact
    assert {one["content"] for one in sent} == {"【守信示例公司】您的订单已发货。"}
    assert {one.headers["authorization"] for one in gateway.got} == {f"Bearer {KEY}"}
    assert sent[0]["ref"] == gateway.got[0].headers["idempotency-key"]
    assert {one.path for one in gateway.got} == {"/send"}


def test_nothing_goes_out_while_there_is_no_gateway_or_it_is_away(
    register: Register, gateway: Receiver
) -> None:
    message = notice(register)
    gateway.server.shutdown()
    gateway.server.server_close()
    send(message)
    assert (message.state, message.problem) == (State.PAUSED, "gateway.unreachable")
    assert {outcome for outcome, _why in said(message).values()} == {"waiting"}


def test_a_call_list_leaves_out_who_wants_no_calls_and_says_how_many(register: Register) -> None:
    agree(register, "li", "zhang")
    put(register, "zhang", refused_channels="电话")
    message = send(approved(register, "li", "zhang", "huaxin", channel=Channel.CALL))
    assert said(message) == {
        register["li"]: ("sent", ""),
        register["zhang"]: ("left_out", "limits.refused"),
        register["huaxin"]: ("left_out", "consent.missing"),
    }
    assert message.counted == {"consent.missing": 1, "limits.refused": 1, "send": 1}
