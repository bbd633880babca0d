"""Destroying all that is kept of one customer; the caller decides, and journals the decision."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.customers.registry.models import ClearVersion, Customer, Record, Visibility
from shouxin.vault import services as vault
from shouxin.vault.queries import states


def destroy_customer(*, actor: Actor, customer: UUID, reason: str, now: datetime) -> int:
    """Destroy the keys of every storage group of a customer, and what stood in clear; gives how many groups.

    Each group leaves its own tombstone in the journal. The empty row stays, found by nobody, so that what refers to
    it (who decided what, and when) stays true.
    """
    with transaction.atomic():
        row = Customer.objects.select_for_update().get(id=customer)
        groups = [(customer, group) for group in states([customer]).get(customer, {})]
        count = vault.destroy_groups(actor=actor, groups=groups, reason=reason)
        Record.objects.filter(customer_id=customer).delete()
        ClearVersion.objects.filter(customer_id=customer).delete()
        row.public_values, row.search_parts, row.segment, row.province = {}, [], "", ""
        row.jurisdiction_signs, row.responsible = {}, None
        row.visibility, row.restricted = Visibility.QUARANTINED, True
        row.revision, row.updated_at = row.revision + 1, now
        row.save()
    return count
