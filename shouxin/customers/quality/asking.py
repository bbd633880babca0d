"""Putting customers on the refresh list today, whatever the day they would have been due."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.quality.models import Standing
from shouxin.journal import services as journal
from shouxin.kit import clock


def ask_now(*, actor: Actor, customers: Sequence[UUID], now: datetime) -> list[UUID]:
    """The profiles of these customers are due today; verifying or changing them works out the next day as always."""
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    with transaction.atomic():
        rows = (
            Standing.objects.select_for_update().filter(id__in=list(customers), kind="profile").order_by("id")
        )
        found = [row.id for row in rows]
        Standing.objects.filter(id__in=found).update(
            due_on=clock.today(now), later_until=None, later_reason=""
        )
        journal.append_many(actor=actor, event="value.asked_for", rows=[(customer, {}) for customer in found])
    return found
