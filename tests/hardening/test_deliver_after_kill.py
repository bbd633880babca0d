"""A worker killed in the middle of telling somebody: the next one tells it again, under the same id."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted as WantedClient
from shouxin.access.webhooks import services
from shouxin.access.webhooks.models import Delivery
from shouxin.access.webhooks.rules import CHANGED, Wanted
from shouxin.kit import clock
from tests.harness.receiver import Receiver
from tests.harness.server import until
from tests.register import SALES, rules_in_force
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


def _endpoint(world: World, url: str) -> Any:
    now = clock.now()
    wanted = WantedClient(
        name="客户系统",
        purposes=[SALES],
        readable=["person_name"],
        clear=[],
        writable=[],
        addresses=["127.0.0.1"],
        per_minute=60,
        daily_rows=100,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="同步",
    )
    asked = clients.propose(
        actor=world.actor("sales_head"),
        owner=world.people["clerk"].id,
        department=world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    clients.approve(actor=world.actor("officer"), client=asked.id, now=now)
    endpoint = services.propose(
        actor=world.actor("sales_head"),
        client=asked.id,
        wanted=Wanted(url, [CHANGED], ["127.0.0.1"], "同步"),
        now=now,
    )
    return services.approve(actor=world.actor("officer"), endpoint=endpoint.id, now=now)[0]


def test_killed_sender_tells_it_again_under_the_same_id(
    world: World, start_worker: Callable[..., Any]
) -> None:
    rules_in_force(world)
    with Receiver(hold=threading.Event()) as receiver:
        endpoint = _endpoint(world, receiver.url)
        sent = services.ping(actor=world.actor("sales_head"), endpoint=endpoint.id, now=clock.now())
        first = start_worker()
        until(lambda: receiver.got, "the first try")
        first.end()
        assert Delivery.objects.get(id=sent.id).state == Delivery.State.WAITING
        assert receiver.hold is not None
        receiver.hold.set()
        start_worker()
        until(lambda: Delivery.objects.get(id=sent.id).state == Delivery.State.DELIVERED, "the second try")
        assert len({got.headers["webhook-id"] for got in receiver.got}) == 1
        assert len(receiver.got) == 2
