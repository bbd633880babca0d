"""Which departments hold customer data: rooms that keep such data sign up, and the page of departments reports."""

from collections.abc import Callable, Collection
from uuid import UUID

from shouxin.kit.registry import Registry
from shouxin.people.duties.queries import in_force
from shouxin.people.duties.rules import KEEP
from shouxin.people.models import Department, Staff

# Of the departments named, those that answer for customer data.
holders: Registry[Callable[[Collection[UUID]], Collection[UUID]]] = Registry("holders")


def holding(departments: Collection[UUID]) -> frozenset[UUID]:
    """Those of `departments` that hold customer data, wherever it is kept."""
    return frozenset(found for ask in holders.values() for found in ask(departments))


def responsible() -> dict[UUID, Staff]:
    """Who answers for the customer data of each department: whoever holds its step of keeping now."""
    return {duty.department_id: duty.holder for duty in in_force().filter(step=KEEP)}


def without_responsible() -> list[Department]:
    """The departments that hold customer data while nobody answers for it, by name."""
    kept = responsible()
    open_ones = [one for one in Department.objects.order_by("name") if one.id not in kept]
    held = holding([department.id for department in open_ones])
    return [department for department in open_ones if department.id in held]
