"""The main job: within a grant and a contact a phone number is revealed, and the journal knows."""

import pytest

from shouxin.core.policy import Action
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import PHONE, SALES, Register, grant

pytestmark = pytest.mark.django_db


def reveal(
    register: Register, *, who: str = "clerk", customer: str = "li", field: str = "mobile"
) -> gate.Opened:
    return gate.open_sealed(
        actor=register.world.actor(who),
        purpose=SALES,
        customers=[register[customer]],
        fields=[field],
        action=Action.REVEAL,
        reason="order",
        now=clock.now(),
    )


def open_contact(register: Register, *, who: str = "clerk", customer: str = "li") -> None:
    gate.open_contact(
        actor=register.world.actor(who),
        customer=register[customer],
        purpose=SALES,
        reason_class="order",
        note="",
        now=clock.now(),
    )


@pytest.mark.clause("B5.2.2", "C21.4")
def test_reveal_within_grant_and_contact_stands_in_the_timeline(register: Register) -> None:
    grant(register)
    open_contact(register)
    opened = reveal(register)
    assert opened.revealed.of(register["li"])["mobile"].text == PHONE
    line = timeline(register["li"])[0]
    assert line.event == "field.revealed"
    assert line.data["fields"] == ["mobile"]
    assert line.actor == register.world.people["clerk"].pseudonym
    assert PHONE not in str(line.data)


@pytest.mark.clause("B5.2.2", "C21.4")
def test_colleague_of_another_department_is_refused_and_recorded(register: Register) -> None:
    with pytest.raises(gate.Refused) as problem:
        reveal(register, who="agent")
    assert problem.value.refusal.code == "customer.unknown"
    assert timeline(register["li"])[0].event == "read.refused"
