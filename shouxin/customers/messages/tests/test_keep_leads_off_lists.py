"""A lead is on a call list with permission alone."""

import pytest

from shouxin.customers.leads import services
from shouxin.customers.leads.models import LeadSource, Permitted
from shouxin.customers.messages.judging import judge
from shouxin.customers.messages.models import Channel, Kind, Message
from shouxin.kit import clock
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def verdict(register: Register, name: str, channel: Channel = Channel.CALL) -> str:
    """What the gate of messages says about putting somebody on a call list for sales."""
    message = Message(
        staff=register.world.people["clerk"], kind=Kind.SERVICE, channel=channel, purpose=SALES, total=1
    )
    found = judge(message, [register[name]], clock.now())[register[name]].verdict
    return found.code or found.word.value


@pytest.mark.clause("C1.3")
def test_a_lead_without_permission_is_on_no_call_list(register: Register) -> None:
    assert verdict(register, "li") == "send"
    services.begin(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        source=LeadSource.EVENT,
        permission=Permitted.NONE,
        purpose=SALES,
        now=clock.now(),
    )
    assert verdict(register, "li") == "lead.no-permission"
    assert verdict(register, "li", Channel.SMS) == "lead.no-permission"
    services.turn(actor=register.world.actor("clerk"), customer=register["li"], now=clock.now())
    assert verdict(register, "li") == "send"
