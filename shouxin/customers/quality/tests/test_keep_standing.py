"""The standing of values is right after every write, for what stood before, and when the rules are changed."""

from uuid import UUID

import pytest

from shouxin.customers.quality import jobs, keeping, rules
from shouxin.customers.quality.models import Pace, Standing
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Customer, Kind, RecordKind, Scope
from shouxin.customers.registry.rules import Kept
from shouxin.kit import clock
from shouxin.rulebook.catalogue import services as catalogue
from tests.register import FOOTING, PEOPLE, Register, kept


def held(record: UUID) -> set[str]:
    return set(Standing.objects.get(id=record).values)


def edit(register: Register, **values: Kept | None) -> None:
    row = Customer.objects.get(id=register["li"])
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values=values,
        now=clock.now(),
    )


def test_a_new_customer_and_its_contact_are_noted(register: Register) -> None:
    assert held(register["li"]) == set(PEOPLE["li"])
    assert held(register.records["chen"]) == {"contact_name", "contact_mobile"}
    assert not Standing.objects.filter(id=register.records["order"]).exists()
    row = Standing.objects.get(id=register["li"])
    assert row.responsible_id == register.world.people["clerk"].id


def test_a_value_that_comes_or_goes_is_noted(register: Register) -> None:
    edit(register, email=Kept("li@example.com", 1), home_address=None)
    assert held(register["li"]) == (set(PEOPLE["li"]) | {"email"}) - {"home_address"}


def test_a_contact_that_is_added_later_is_noted(register: Register) -> None:
    entry = CustomerEntry(Kind.ORGANISATION, {}, id=register["huaxin"])
    entry.records = [RecordEntry(RecordKind.CONTACT, kept({"contact_name": "吴江"}))]
    stored = registry.store(
        actor=register.world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now()
    )
    assert held(stored[0].records[0]) == {"contact_name"}


def test_what_stood_before_is_filled_in_as_a_writer_would_have(register: Register) -> None:
    before = {row.id: (row.values, row.due_on) for row in Standing.objects.all()}
    Standing.objects.all().delete()
    edit(register, mobile=Kept("13900001111", 1))  # of a customer that is still to be filled in
    assert not Standing.objects.exists()
    now = clock.now()
    assert keeping.fill(now=now, at_once=2) == 2
    jobs.work_keep(now=now)
    assert {row.id: (row.values, row.due_on) for row in Standing.objects.all()} == before
    assert keeping.fill(now=now) == 0


def test_a_shorter_interval_moves_every_due_day(register: Register) -> None:
    jobs.work_keep(now=clock.now())
    before = Standing.objects.get(id=register["zhang"]).due_on
    officer = register.world.actor("officer")
    catalogue.change_field(officer, key="mobile", review_months=1, reason="号码常变")
    assert Standing.objects.get(id=register["zhang"]).due_on == before
    while keeping.follow_rules(at_once=2):
        assert Pace.objects.get().digest != rules.digest(keeping.chosen())
    after = Standing.objects.get(id=register["zhang"]).due_on
    assert before
    assert after
    assert (before - after).days > 300
    assert keeping.follow_rules() == 0


@pytest.mark.django_db(databases=["default", "owner"])
def test_customers_of_a_rejected_batch_leave_nothing_here(register: Register) -> None:
    entry = CustomerEntry(
        Kind.PERSON, kept({"person_name": "吴江"}), register.world.departments["sales"].id, Scope.DEPARTMENT
    )
    clerk, now = register.world.actor("clerk"), clock.now()
    done = registry.store(actor=clerk, footing=FOOTING, entries=[entry], now=now)
    assert Standing.objects.filter(customer_id=done[0].customer).exists()
    Customer.objects.filter(id=done[0].customer).delete()
    assert not Standing.objects.filter(customer_id=done[0].customer).exists()
