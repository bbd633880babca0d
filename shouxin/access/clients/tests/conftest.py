"""What a proposal of an API client says, unless a test says otherwise."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shouxin.access.clients import services
from shouxin.access.clients.models import ApiClient
from shouxin.access.clients.rules import Wanted
from shouxin.kit import clock
from tests.register import SALES
from tests.world import World

Propose = Callable[..., ApiClient]


@pytest.fixture
def propose(ruled: World) -> Propose:
    """Proposes a client of 销售部 with 王芳 as its owner."""

    def asked(
        who: str = "sales_head", owner: str = "clerk", department: str = "sales", **changes: Any
    ) -> ApiClient:
        now = clock.now()
        given: dict[str, Any] = {
            "name": "订单系统",
            "purposes": [SALES],
            "readable": ["person_name", "mobile"],
            "clear": ["mobile"],
            "writable": ["mobile"],
            "addresses": ["10.1.2.3/16", "203.0.113.7"],
            "per_minute": 60,
            "daily_rows": 100,
            "starts_at": now,
            "ends_at": now + timedelta(days=30),
            "reason": "订单履约",
            **changes,
        }
        return services.propose(
            actor=ruled.actor(who),
            owner=ruled.people[owner].id,
            department=ruled.departments[department].id,
            wanted=Wanted(**given),
            now=now,
        )

    return asked
