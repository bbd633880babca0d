"""Who else must know, in the same transaction, that customers changed: rooms above sign up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
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


@dataclass(frozen=True, slots=True)
class Passed:
    """One customer that another person answers for from now on; None stands for the department together."""

    customer: UUID
    before: frozenset[UUID]
    after: UUID | None


passed: Registry[Callable[[Actor, Sequence[Passed], datetime], None]] = Registry("customers passed on")


def tell_passed(actor: Actor, customers: Sequence[Passed], now: datetime) -> None:
    """Tell everybody who keeps something with the person responsible; what they cannot note undoes the change."""
    if customers:
        for listener in passed.values():
            listener(actor, customers, now)
