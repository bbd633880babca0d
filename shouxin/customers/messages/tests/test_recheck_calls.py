"""A number is asked about again when it is dialled: region, lead, and the call list as things stand now."""

from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from shouxin.customers.dialling import checks
from shouxin.customers.dialling import services as dialling
from shouxin.customers.dialling.services import DialProblem
from shouxin.customers.leads import services as leads
from shouxin.customers.leads.models import LeadSource, Permitted
from shouxin.customers.messages import calling
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.rulebook.regions import services as regions
from shouxin.rulebook.regions.rules import Hours
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
TOKYO = ZoneInfo("Asia/Tokyo")
OPEN = datetime(2026, 12, 2, 10, tzinfo=TOKYO)
SHUT = datetime(2026, 12, 2, 22, tzinfo=TOKYO)


def in_tokyo(register: Register) -> UUID:
    """李小明 lives in Japan, whose profile two people agreed on: weekdays, nine to six."""
    version = regions.draft_region(
        register.world.actor("sales_head"),
        jurisdiction="JP",
        hours=Hours("Asia/Tokyo", (1, 2, 3, 4, 5), time(9), time(18)),
        raises=(),
        note="当地习惯",
        now=clock.now(),
    )
    officer = register.world.actor("officer")
    regions.approve_region(officer, version_id=version.id, seen=version.sha256, now=clock.now())
    Customer.objects.filter(id=register["li"]).update(jurisdiction="JP")
    return register["li"]


@pytest.mark.clause("D18.3")
def test_a_number_is_not_dialled_outside_the_hours_of_the_region(register: Register) -> None:
    li, clerk = in_tokyo(register), register.world.actor("clerk")
    assert calling.obstacle(li, SALES, OPEN) == ""
    assert calling.obstacle(li, SALES, SHUT) == "quiet.hours"
    assert calling.obstacle(li, "legal_obligation", SHUT) == ""
    gate.open_contact(
        actor=clerk, customer=li, purpose=SALES, reason_class="customer_called", note="", now=SHUT
    )
    with pytest.raises(DialProblem, match=r"quiet\.hours"):
        dialling.prepare(actor=clerk, customer=li, record=li, field="mobile", purpose=SALES, now=SHUT)
    (entry,) = of_events(["dial.held_back"])
    assert entry.data["held"] == "quiet.hours"
    assert checks.words("quiet.hours")


def test_what_changed_since_the_code_was_made_stops_the_call(register: Register) -> None:
    li, clerk, now = register["li"], register.world.actor("clerk"), clock.now()
    gate.open_contact(
        actor=clerk, customer=li, purpose=SALES, reason_class="customer_called", note="", now=now
    )
    made = dialling.prepare(actor=clerk, customer=li, record=li, field="mobile", purpose=SALES, now=now)
    leads.begin(
        actor=clerk,
        customer=li,
        source=LeadSource.EVENT,
        permission=Permitted.NONE,
        purpose=SALES,
        now=now,
    )
    with pytest.raises(DialProblem, match=r"lead\.no-permission"):
        dialling.use(code=made.code, address="203.0.113.7", now=now)
