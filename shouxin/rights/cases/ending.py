"""What rooms above do when a case is answered: they may object before, and are told in the transaction that ends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shouxin.core.policy import Actor
from shouxin.kit.registry import Registry
from shouxin.rights.cases.models import Case


@dataclass(frozen=True, slots=True)
class Ending:
    """`check` raises CaseProblem while an answer is being proposed; `end` is told that the case is over."""

    check: Callable[[Case], None]
    end: Callable[[Actor, Case, datetime], None]


endings: Registry[Ending] = Registry("what follows the end of a case")


def check(row: Case) -> None:
    """Raises:
    shouxin.rights.cases.errors.CaseProblem: something has to be finished before this answer is given."""
    for one in endings.values():
        one.check(row)


def end(actor: Actor, row: Case, now: datetime) -> None:
    """Tell everybody that the case is over, in the caller's transaction."""
    for one in endings.values():
        one.end(actor, row, now)
