"""A customer seen at its revision, and values that have grown old."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from django.utils import timezone

from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import Standing
from shouxin.customers.quality.services import Seen
from shouxin.customers.registry.models import Customer
from tests.register import Register

See = Callable[..., Seen]
Age = Callable[..., None]


@pytest.fixture
def see(register: Register) -> See:
    """`see("li", "mobile")`: these fields of the profile as somebody sees them now."""

    def seen(name: str, *fields: str, record: UUID | None = None) -> Seen:
        row = Customer.objects.get(id=register[name])
        return Seen(row.id, row.revision, {record or row.id: fields})

    return seen


@pytest.fixture
def age(register: Register) -> Age:
    """`age("li", 400)`: everything of the customer was collected so many days ago."""

    def aged(name: str, days: int, *fields: str) -> None:
        before = rules.day(timezone.localdate() - timedelta(days=days))
        for row in Standing.objects.filter(customer_id=register[name]):
            values = {
                key: known._replace(collected=before) if not fields or key in fields else known
                for key, known in rules.read(row.values).items()
            }
            row.values, row.due_on = rules.stored(values), rules.due_on(values, keeping.chosen())
            row.save()

    return aged
