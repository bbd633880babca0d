"""Emergency access of 王芳 to the customer 张伟 of her department, as her pages open it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from shouxin.access.emergency import services
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.kit import clock
from tests.register import SALES, Register

REASON = "客户来电称送货地址有误，司机已在路上"
Open = Callable[..., EmergencyAccess]


@pytest.fixture
def opened(register: Register) -> Open:
    def act(
        who: str = "clerk", customer: str = "zhang", now: datetime | None = None, **changes: Any
    ) -> EmergencyAccess:
        asked: dict[str, Any] = {
            "purpose": SALES,
            "fields": ["mobile"],
            "reason": REASON,
            "reason_class": "delivery",
            "minutes": 15,
            **changes,
        }
        actor = register.world.actor(who)
        return services.open_access(actor=actor, customer=register[customer], now=now or clock.now(), **asked)

    return act
