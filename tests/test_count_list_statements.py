"""A list asks the database as often for many rows as for few: every list of the console that the cast can fill."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouxin.access.grants.models import StandingGrant
from shouxin.customers.bulk.models import BulkOperation, State
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db


def customers(register: Register, count: int) -> None:
    clerk = register.world.actor("clerk")
    entries = [
        CustomerEntry(
            Kind.PERSON,
            kept({"person_name": f"钱多{n}", "customer_no": f"N{clock.now().timestamp()}-{n}"}),
            register.world.departments["sales"].id,
            Scope.DEPARTMENT,
            clerk.id,
        )
        for n in range(count)
    ]
    registry.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())


def staff(register: Register, count: int) -> None:
    already = Staff.objects.count()
    for n in range(already, already + count):
        Staff.objects.create(
            user_name=f"many{n}",
            display_name=f"许多{n}",
            department=register.world.departments["sales"],
            roles=["clerk"],
        )


def grants(register: Register, count: int) -> None:
    now = clock.now()
    StandingGrant.objects.bulk_create(
        StandingGrant(
            staff_id=register.world.people["clerk"].id,
            purpose=SALES,
            fields=["mobile"],
            daily_limit=5,
            until=now + timedelta(days=30),
            reason="日常联系客户",
            proposed_by_id=register.world.people["clerk"].id,
            proposed_at=now,
        )
        for _ in range(count)
    )


def operations(register: Register, count: int) -> None:
    BulkOperation.objects.bulk_create(
        BulkOperation(
            staff_id=register.world.people["clerk"].id,
            verb="segment",
            purpose=SALES,
            total=3,
            done=2,
            failed=1,
            state=State.DONE,
            asked_at=clock.now(),
            ended_at=clock.now(),
        )
        for _ in range(count)
    )


LISTS: dict[str, tuple[str, Callable[[Register, int], None]]] = {
    "/customers/": ("clerk", customers),
    "/customers/bulk/": ("clerk", operations),
    "/people/staff/": ("system_admin", staff),
    "/access/grants/": ("clerk", grants),
    "/journal/": ("audit_admin", customers),
}


@pytest.mark.parametrize("address", LISTS)
def test_many_rows_cost_as_many_statements_as_few(register: Register, client: Client, address: str) -> None:
    who, fill = LISTS[address]
    register.world.signed_in(client, who).post("/purpose/", {"purpose": SALES})
    fill(register, 2)
    few = asked(client, address)
    fill(register, 12)
    assert asked(client, address) == few


def asked(client: Client, address: str) -> int:
    client.get(address)  # what a process reads once is read
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200, answer.status_code
    return len(captured)
