"""One contact, one reason: thirty minutes, that customer, that purpose, and every read inside it is recorded."""

from datetime import datetime, timedelta

import pytest

from shouxin.core.policy import Action, NotAllowed
from shouxin.gate import services as gate
from shouxin.gate.models import Contact
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from tests.register import PHONE, SALES, Register, grant


@pytest.fixture
def granted(register: Register) -> Register:
    grant(register)
    return register


def begin(register: Register, *, who: str = "clerk", customer: str = "li", note: str = "") -> Contact:
    return gate.open_contact(
        actor=register.world.actor(who),
        customer=register[customer],
        purpose=SALES,
        reason_class="order",
        note=note,
        now=clock.now(),
    )


def see(register: Register, at: datetime, *, customer: str = "li") -> str | None:
    opened = gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register[customer]],
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=at,
    )
    return opened.revealed.of(register[customer])["mobile"].text


def test_it_holds_for_thirty_minutes_and_every_read_is_recorded(granted: Register) -> None:
    begun = begin(granted).opened_at
    assert see(granted, begun + timedelta(minutes=1)) == PHONE
    assert see(granted, begun + timedelta(minutes=29)) == PHONE
    assert len(of_events(["field.revealed"])) == 2
    with pytest.raises(gate.Refused) as refused:
        see(granted, begun + timedelta(minutes=31))
    assert refused.value.refusal.code == "contact.missing"


def test_it_holds_for_that_customer_alone(granted: Register) -> None:
    begun = begin(granted).opened_at
    with pytest.raises(gate.Refused) as refused:
        see(granted, begun, customer="zhang")
    assert refused.value.refusal.code == "contact.missing"


def test_it_is_over_when_it_is_closed(granted: Register) -> None:
    contact = begin(granted)
    gate.close_contact(actor=granted.world.actor("clerk"), contact=contact.id, now=clock.now())
    with pytest.raises(gate.Refused):
        see(granted, clock.now())


@pytest.mark.parametrize("note", [f"回电 {PHONE}", "身份证 11010519491231002X"])
def test_its_note_may_not_hold_an_identifier(granted: Register, note: str) -> None:
    with pytest.raises(gate.ContactProblem, match=r"note\.identifier"):
        begin(granted, note=note)
    assert not Contact.objects.exists()


def test_it_is_not_begun_for_a_customer_out_of_scope(granted: Register) -> None:
    with pytest.raises(gate.Refused) as refused:
        begin(granted, customer="secret")
    assert refused.value.refusal.code == "customer.unknown"
    assert not Contact.objects.exists()


@pytest.mark.parametrize("who", ["system_admin", "audit_admin", "supervisor"])
def test_who_reads_no_customers_begins_none(granted: Register, who: str) -> None:
    with pytest.raises(NotAllowed):
        begin(granted, who=who)
