"""What tests of standing grants share: proposals of the cast, and reveals within a contact."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from shouxin.access.grants import services
from shouxin.access.grants.models import StandingGrant
from shouxin.core.policy import Action
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import SALES, Register

Propose = Callable[..., StandingGrant]
Reveal = Callable[..., str | None]


@pytest.fixture
def propose(register: Register) -> Propose:
    """Ask for a sound grant of `who`, except for what is named."""

    def ask(*, who: str = "clerk", days: int = 30, **named: Any) -> StandingGrant:
        now = clock.now()
        sound: dict[str, Any] = {
            "purpose": SALES,
            "fields": ["mobile", "person_name"],
            "daily_limit": 30,
            "until": now + timedelta(days=days),
            "reason": "日常联系客户",
            "now": now,
        }
        return services.propose(actor=register.world.actor(who), **(sound | named))

    return ask


@pytest.fixture
def reveal(register: Register) -> Reveal:
    """What `who` sees of one field of a customer, in a contact begun for it; Refused when nothing."""

    def look(
        *, who: str = "clerk", customer: str = "li", field: str = "mobile", later: Any = None
    ) -> str | None:
        now = clock.now() + (later or timedelta())
        actor = register.world.actor(who)
        gate.open_contact(
            actor=actor,
            customer=register[customer],
            purpose=SALES,
            reason_class="order",
            note="",
            now=now,
        )
        opened = gate.open_sealed(
            actor=actor,
            purpose=SALES,
            customers=[register[customer]],
            fields=[field],
            action=Action.REVEAL,
            reason="order",
            now=now,
        )
        return opened.revealed.of(register[customer])[field].text

    return look
