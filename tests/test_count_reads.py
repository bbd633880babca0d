"""Reads by day: what the journal holds, counted in the background, shown to whoever answers for the readers."""

from datetime import timedelta

import pytest

from shouxin.access.grants.models import StandingGrant
from shouxin.core.policy import Action
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.gate import daily
from shouxin.gate import services as gate
from shouxin.gate.limits import day_of
from shouxin.gate.models import ReadDay
from shouxin.kit import clock
from tests.register import SALES, Register, grant

pytestmark = pytest.mark.django_db
CLEAR, REFUSED = ReadDay.Kind.CLEAR, ReadDay.Kind.REFUSED


def reveal(register: Register, who: str) -> None:
    if who == "clerk":
        gate.open_contact(
            actor=register.world.actor(who),
            customer=register["li"],
            purpose=SALES,
            reason_class="order",
            note="",
            now=clock.now(),
        )
    registry.profile(
        actor=register.world.actor(who),
        purpose=SALES,
        row=Customer.objects.get(id=register["li"]),
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=clock.now(),
        records=[],
    )


def totals(register: Register, who: str, kind: ReadDay.Kind) -> dict[str, int]:
    found = daily.reads(register.world.actor(who), [kind])
    return {purpose: count for (_day, purpose), count in found.counts.items()}


def test_reads_and_refusals_are_counted_by_purpose_for_those_who_answer(register: Register) -> None:
    grant(register)
    reveal(register, "clerk")
    reveal(register, "clerk")
    with pytest.raises(gate.Refused):
        reveal(register, "sales_head")
    now = clock.now()
    daily.work_out(now=now)
    for who in ("clerk", "sales_head", "officer", "audit_admin"):
        assert totals(register, who, CLEAR) == {SALES: 2}, who
    assert totals(register, "agent", CLEAR) == {}
    assert totals(register, "service_head", CLEAR) == {}
    assert totals(register, "clerk", REFUSED) == {}
    assert totals(register, "officer", REFUSED) == {SALES: 1}
    assert daily.reads(register.world.actor("officer"), [CLEAR]).at == now
    assert StandingGrant.objects.count() == 1


def test_counting_again_gives_the_same_and_forgets_what_is_old(register: Register) -> None:
    grant(register)
    reveal(register, "clerk")
    now = clock.now()
    daily.work_out(now=now)
    clerk = register.world.people["clerk"].pseudonym
    for days in (20, daily.KEPT + 1):
        ReadDay.objects.create(
            day=day_of(now - timedelta(days=days)),
            reader=clerk,
            kind=CLEAR,
            purpose=SALES,
            count=9,
            at=now,
        )
    daily.work_out(now=now + timedelta(minutes=10))
    assert totals(register, "clerk", CLEAR) == {SALES: 1}
    assert sorted(ReadDay.objects.filter(kind=CLEAR).values_list("count", flat=True)) == [1, 9]
    assert ReadDay.objects.filter(kind=ReadDay.Kind.COUNTED).count() == 1
