"""Contacts that a person denied: they open nothing, and nothing is sent to them, until staff settled it.

A room above signs up which they are.
"""

from collections.abc import Callable, Collection
from uuid import UUID

from shouxin.kit.registry import Registry

Place = tuple[UUID, str]  # customer and field
sources: Registry[Callable[[Collection[UUID]], Collection[Place]]] = Registry("denied contacts")


def places(customers: Collection[UUID]) -> set[Place]:
    """Which contacts of these customers are denied."""
    return {place for source in sources.values() for place in source(customers)}
