"""Which departments hold customer data: rooms that keep such data sign up, and the page of departments reports."""

from collections.abc import Callable, Collection
from uuid import UUID

from shouxin.kit.registry import Registry
from shouxin.people.models import Department

# Of the departments named, those that answer for customer data.
holders: Registry[Callable[[Collection[UUID]], Collection[UUID]]] = Registry("holders")


def holding(departments: Collection[UUID]) -> frozenset[UUID]:
    """Those of `departments` that hold customer data, wherever it is kept."""
    return frozenset(found for ask in holders.values() for found in ask(departments))


def without_head() -> list[Department]:
    """The departments that hold customer data while nobody is appointed to be responsible, by name."""
    open_ones = list(Department.objects.filter(head__isnull=True).order_by("name"))
    held = holding([department.id for department in open_ones])
    return [department for department in open_ones if department.id in held]
