"""Whom an authority looks into, nobody destroys meanwhile, whatever else is due."""

from collections.abc import Sequence
from uuid import UUID

from shouxin.customers.registry import merging
from shouxin.customers.registry.retained import reasons
from shouxin.rights.cases.models import OPEN, Case, Kind


def inquired_of(customers: Sequence[UUID]) -> set[UUID]:
    """Those among `customers` about whom, or about somebody merged with them, an inquiry is open."""
    into = merging.standing(customers)
    families = merging.families(sorted(set(into.values())))
    everybody = [one for family in families.values() for one in family]
    cases = Case.objects.filter(customer_id__in=everybody, kind=Kind.INQUIRY, state__in=OPEN)
    asked = set(cases.values_list("customer_id", flat=True))
    return {one for one in customers if not asked.isdisjoint(families[into[one]])}


reasons.register("rights.inquiries", inquired_of)
