"""Verifying a value stores who did it, when and how, without opening it."""

from datetime import timedelta

import pytest

from shouxin.customers.quality import queries, services
from shouxin.customers.quality.models import Standing, Verified
from shouxin.customers.quality.services import Seen
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from tests.register import SALES, Register


def seen(register: Register, name: str, *fields: str) -> Seen:
    row = Customer.objects.get(id=register[name])
    return Seen(row.id, row.revision, {row.id: fields})


def test_x(register: Register) -> None:
    clerk = register.world.actor("clerk")
    rows = {row.id: row for row in Standing.objects.all()}
    print({k: (v.kind, v.values, v.due_on) for k, v in rows.items()})
    done = services.verify(actor=clerk, purpose=SALES, seen=[seen(register, "li", "mobile", "person_name")], method="called_back", now=clock.now())
    assert done.values == 2
    later = clock.now() + timedelta(days=800)
    page = queries.due(actor=clerk, whose=queries.Whose.MINE, after="", now=later)
    print(page)
    assert timeline(register["li"])[0].event == "value.verified"
