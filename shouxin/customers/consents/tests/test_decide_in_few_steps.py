"""What a person says of a purpose is written down in few steps, and in one for whoever was merged into them too."""

import pytest

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import pages, reading, services
from shouxin.customers.consents.models import Channel, Refusal, RefusalKind, State
from shouxin.customers.consents.services import How
from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from tests.harness.asked import asked
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
MARKETING = "marketing"


def test_each_word_takes_few_statements(register: Register) -> None:
    now, customer = clock.now(), register["li"]
    person, how = customer_actor(customer), How(Channel.PORTAL)
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=now)
    ticked = frozenset({"general"})
    services.decide(actor=person, customer=customer, shown=page.sha256, ticked=ticked, how=how, now=now)
    with asked() as withdrawing:
        services.withdraw(actor=person, customer=customer, purpose=MARKETING, how=how, now=now)
    with asked() as refusing:
        services.refuse_purpose(
            actor=person, customer=customer, purpose=SALES, kind=RefusalKind.OBJECTED, now=now
        )
    assert [row.state for row in reading.standing(customer) if row.kind == "general"] == [State.WITHDRAWN]
    assert [row.purpose for row in reading.refusals(customer)] == [SALES]
    with asked() as allowing:
        services.allow_again(actor=person, customer=customer, purpose=SALES, now=now)
    assert reading.refusals(customer) == []
    assert len(withdrawing) <= 6, withdrawing
    assert len(refusing) <= 6, refusing
    assert len(allowing) <= 3, allowing


def test_it_is_said_for_everybody_who_is_one_at_once(register: Register) -> None:
    now, customer = clock.now(), register["li"]
    Customer.objects.filter(id=register["zhang"]).update(absorbed_by=customer)
    person = customer_actor(customer)
    with asked() as seen:
        services.refuse_purpose(
            actor=person, customer=customer, purpose=SALES, kind=RefusalKind.OBJECTED, now=now
        )
    assert set(Refusal.objects.values_list("customer_id", flat=True)) == {customer, register["zhang"]}
    assert len(seen) <= 6, seen
