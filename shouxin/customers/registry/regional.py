"""What the rules of a customer's region bring, said on the customer's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from shouxin.core.policy.regions import of_customer, raised
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import panels
from shouxin.rulebook.regions import presenting, queries


def context(_request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """The profile in force there, with the fields it makes stricter; nothing where there is none."""
    row = Customer.objects.filter(id=customer).values_list("jurisdiction", "also_under").first()
    if row is None:
        return None
    found, others = row
    profiles = queries.in_force()
    known = [profiles.get(code) or profiles.get(code.partition("-")[0]) for code in (found, *others)]
    version = next((one for one in known if one is not None), None)
    if version is None:
        return None
    book = rulebooks["rulebook"]
    region, fields = of_customer(book.regions(), found, others), book.fields()
    stricter = [fields[key] for key in region if raised(fields[key], region) != fields[key]]
    language = get_language() or "zh-hans"
    return {
        "region": version.jurisdiction,
        "version": version,
        "stricter": [rule.name.in_(language) for rule in stricter],
        "hours": presenting.hours_words(queries.hours_of(version)),
    }


panels.register(panels.Panel("registry.region", "customer", "registry/region.html", context))
