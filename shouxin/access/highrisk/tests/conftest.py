"""What tests of high risk share: a marked customer, a strict grant, a reader whose second factor is fresh."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from shouxin.access.grants import services as grants
from shouxin.access.highrisk import services
from shouxin.access.highrisk.models import RiskMark
from shouxin.core.policy import Action
from shouxin.gate import services as gate
from shouxin.kit import clock
from tests.register import SALES, Register

Look = Callable[..., str | None]


def mark(
    register: Register, *, customer: str = "li", by: str = "sales_head", approver: str = "officer"
) -> RiskMark:
    """`customer` marked as of high risk, in force."""
    act, now = register.world.actor, clock.now()
    asked = services.propose_customer(
        actor=act(by), customer=register[customer], reason="经常有人冒充其家属来电", now=now
    )
    return services.approve(actor=act(approver), mark=asked.id, now=now)


def mark_field(register: Register, field: str = "mobile") -> RiskMark:
    """`field` marked for everybody, in force."""
    act, now = register.world.actor, clock.now()
    asked = services.propose_field(actor=act("sales_head"), field=field, reason="近期有人收购号码", now=now)
    return services.approve(actor=act("officer"), mark=asked.id, now=now)


def strict(register: Register, *, fields: tuple[str, ...] = ("mobile",)) -> UUID:
    """A grant of the clerk that two people approved."""
    act, now = register.world.actor, clock.now()
    asked = grants.propose(
        actor=act("clerk"),
        purpose=SALES,
        fields=fields,
        daily_limit=5,
        until=now + timedelta(days=7),
        reason="处理其投诉",
        now=now,
        strict=True,
    )
    for who in ("sales_head", "officer"):
        grants.approve(actor=act(who), grant=asked.id, now=now)
    return asked.id


@pytest.fixture
def look(register: Register) -> Look:
    """What the clerk sees of one field in a contact; Refused when nothing."""

    def reveal(*, customer: str = "li", field: str = "mobile", proved: bool = True) -> str | None:
        now = clock.now()
        actor = register.world.actor("clerk")
        gate.open_contact(
            actor=actor, customer=register[customer], purpose=SALES, reason_class="order", note="", now=now
        )
        opened = gate.open_sealed(
            actor=replace(actor, second_factor_at=now if proved else None),
            purpose=SALES,
            customers=[register[customer]],
            fields=[field],
            action=Action.REVEAL,
            reason="order",
            now=now,
        )
        return opened.revealed.of(register[customer])[field].text

    return reveal
