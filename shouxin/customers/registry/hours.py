"""When a customer may be called or written to, by the profiles of the regions whose rules bind them."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from shouxin.customers.registry.models import Customer
from shouxin.rulebook.regions import queries as regions
from shouxin.rulebook.regions.rules import Hours


def hours_of(row: Customer) -> Sequence[Hours]:
    """The hours of every profile in force that binds this customer; all of them have to be open."""
    known = regions.in_force()
    return [regions.hours_of(known[code]) for code in (row.jurisdiction, *row.also_under) if code in known]


def closed(customer: UUID, now: datetime) -> str:
    """Why nobody calls or writes to this customer now by the profile of their region (a code), or nothing."""
    row = Customer.objects.filter(id=customer).first()
    found = (one.closed(now) for one in hours_of(row)) if row else iter(())
    return next((code for code in found if code), "")
