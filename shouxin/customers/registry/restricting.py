"""Restricting a customer: nothing of it is read or changed until that is lifted (PIPL 44)."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal


def restrict(
    *, actor: Actor, customers: Sequence[UUID], reason: str, now: datetime, restricted: bool = True
) -> list[UUID]:
    """Restrict these customers, or lift it; `reason` is a code. Gives those that changed."""
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    with transaction.atomic():
        standing = Customer.objects.select_for_update().filter(id__in=list(customers)).order_by("id")
        changing = [row.id for row in standing if row.restricted is not restricted]
        Customer.objects.filter(id__in=changing).update(restricted=restricted, updated_at=now)
        journal.append_many(
            actor=actor,
            event="customer.restricted" if restricted else "customer.released_restriction",
            rows=[(customer, {"reason": reason}) for customer in changing],
        )
    return changing
