"""What the rules of a customer's region bring, said on the customer's page."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language

from shouxin.core.policy.regions import of_region, raised
from shouxin.customers.registry.models import Customer
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import panels
from shouxin.rulebook.regions import presenting, queries


def context(_request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """The profile in force there, with the fields it makes stricter; nothing where there is none."""
    found = Customer.objects.filter(id=customer).values_list("jurisdiction", flat=True).first()
    profiles = queries.in_force()
    version = profiles.get(found or "") or profiles.get((found or "").partition("-")[0])
    if version is None:
        return None
    book = rulebooks["rulebook"]
    region, fields = of_region(book.regions(), version.jurisdiction), book.fields()
    stricter = [fields[key] for key in region if raised(fields[key], region) != fields[key]]
    language = get_language() or "zh-hans"
    return {
        "region": version.jurisdiction,
        "version": version,
        "stricter": [rule.name.in_(language) for rule in stricter],
        "hours": presenting.hours_words(queries.hours_of(version)),
    }


panels.register(panels.Panel("registry.region", "customer", "registry/region.html", context))
