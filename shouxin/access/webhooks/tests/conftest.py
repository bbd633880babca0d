"""A client in force and an endpoint of it, approved by the officer, that a receiver of the test is told at."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from shouxin.access.clients import services as clients
from shouxin.access.clients.models import ApiClient
from shouxin.access.clients.tests.conftest import propose  # noqa: F401 - fixtures
from shouxin.access.webhooks import services
from shouxin.access.webhooks.models import Endpoint
from shouxin.access.webhooks.rules import CHANGED, Wanted
from shouxin.kit import clock
from tests.harness.receiver import Receiver
from tests.world import World

Ask = Callable[..., Endpoint]
LOOPBACK = "127.0.0.0/8"


@pytest.fixture
def api_client(propose: Any, ruled: World) -> ApiClient:  # noqa: F811 - the fixtures above
    client, _token = clients.approve(actor=ruled.actor("officer"), client=propose().id, now=clock.now())
    return client


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as found:
        yield found


@pytest.fixture
def ask(api_client: ApiClient, ruled: World) -> Ask:
    """Proposes an endpoint by the head of 销售部."""

    def asked(url: str, *, networks: tuple[str, ...] = (LOOPBACK,), **changes: Any) -> Endpoint:
        wanted = Wanted(
            **{"url": url, "events": [CHANGED], "networks": networks, "reason": "同步", **changes}
        )
        return services.propose(
            actor=ruled.actor("sales_head"), client=api_client.id, wanted=wanted, now=clock.now()
        )

    return asked


@pytest.fixture
def told(ask: Ask, ruled: World, receiver: Receiver) -> tuple[Endpoint, str]:
    """An endpoint in force at the receiver, and its secret."""
    asked = ask(receiver.url + "hooks")
    return services.approve(actor=ruled.actor("officer"), endpoint=asked.id, now=clock.now())
