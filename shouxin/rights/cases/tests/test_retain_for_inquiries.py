"""What an authority looks into stays: a lead that is over, and what a supplier's ended contract brought."""

from datetime import timedelta

import pytest

from shouxin.customers.leads import services as leads
from shouxin.customers.leads.models import LeadSource, Permitted
from shouxin.customers.registry.retained import retained
from shouxin.kit import clock
from shouxin.rights.cases import services
from shouxin.rights.cases.models import Case, Kind, Requester
from shouxin.rights.cases.tests.cast import filed
from shouxin.vault.queries import states
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def over(case: Case, register: Register) -> None:
    services.take(actor=register.world.actor("officer"), case=case.id, now=clock.now())
    services.withdraw(actor=register.world.actor("officer"), case=case.id, now=clock.now())


def test_a_lead_that_is_over_outlives_the_inquiry_about_it(register: Register) -> None:
    lead = leads.begin(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        source=LeadSource.EVENT,
        permission=Permitted.INQUIRY,
        purpose=SALES,
        now=clock.now(),
    )
    inquiry = filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY).case
    due = lead.expires_at + timedelta(seconds=1)
    assert leads.destroy_due(now=due) == 0
    assert "destroyed" not in states([register["li"]])[register["li"]].values()
    over(inquiry, register)
    lead.refresh_from_db()
    assert leads.destroy_due(now=lead.expires_at + timedelta(seconds=1)) == 1
    assert set(states([register["li"]])[register["li"]].values()) == {"destroyed"}


def test_others_than_those_looked_into_are_not_retained(register: Register) -> None:
    everybody = list(register.ids.values())
    assert retained(everybody) == set()
    filed(register, Kind.INQUIRY, who="officer", requester=Requester.AUTHORITY)
    assert retained(everybody) == {register["li"]}
    filed(register, Kind.ACCESS, customer="zhang")
    assert retained(everybody) == {register["li"]}
