"""Who else must know, in the same transaction, that customers changed: rooms above sign up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.kit.registry import Registry


@dataclass(frozen=True, slots=True)
class Changed:
    """One customer that changed: which fields, and the revision it has now."""

    customer: UUID
    fields: tuple[str, ...]
    revision: int


listeners: Registry[Callable[[Sequence[Changed], datetime], None]] = Registry("changed customers")


def tell(changed: Sequence[Changed], now: datetime) -> None:
    """Tell everybody; what they cannot note undoes the change."""
    if changed:
        for listener in listeners.values():
            listener(changed, now)
