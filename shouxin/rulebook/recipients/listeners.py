"""Rooms above tell which purposes stand by a recipient."""

from collections.abc import Callable, Sequence
from uuid import UUID

from shouxin.kit.registry import Registry

# Of a recipient: the names of what is in use, or being approved, and names it.
users: Registry[Callable[[UUID], Sequence[str]]] = Registry("what names a recipient")
