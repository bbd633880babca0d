"""Customers of whom nothing may be destroyed now, whatever else is due: rooms above say who they are."""

from collections.abc import Callable, Sequence
from uuid import UUID

from shouxin.kit.registry import Registry

reasons: Registry[Callable[[Sequence[UUID]], set[UUID]]] = Registry("customers to be retained")


def retained(customers: Sequence[UUID]) -> set[UUID]:
    """Those among `customers` that somebody needs kept; why is known to whoever needs it, and shown nowhere else."""
    return {one for reason in reasons.values() for one in reason(customers)} if customers else set()
