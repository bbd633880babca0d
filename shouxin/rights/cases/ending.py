"""What rooms above do when a case is answered or takes longer: they may object to an answer before, and are told in the
transaction that ends or extends it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from shouxin.core.policy import Actor
from shouxin.kit.registry import Registry
from shouxin.rights.cases import rules
from shouxin.rights.cases.models import Case, State
from shouxin.rights.cases.recording import record


@dataclass(frozen=True, slots=True)
class Ending:
    """`check` raises CaseProblem while an answer is being proposed; `end` is told that the case is over."""

    check: Callable[[Case], None]
    end: Callable[[Actor, Case, datetime], None]


endings: Registry[Ending] = Registry("what follows the end of a case")
extensions: Registry[Callable[[Actor, Case, datetime], None]] = Registry("what follows an extension")


def check(row: Case) -> None:
    """Raises:
    shouxin.rights.cases.errors.CaseProblem: something has to be finished before this answer is given."""
    for one in endings.values():
        one.check(row)


def end(actor: Actor, row: Case, now: datetime) -> None:
    """Tell everybody that the case is over, in the caller's transaction."""
    for one in endings.values():
        one.end(actor, row, now)
    if row.state == State.WITHDRAWN or row.reason == rules.UNKNOWN:
        _hear_joined(actor, row)


def extended(actor: Actor, row: Case, now: datetime) -> None:
    """Tell everybody that the case takes longer, in the caller's transaction."""
    for one in extensions.values():
        one(actor, row, now)


def _hear_joined(actor: Actor, row: Case) -> None:
    """A request that was taken back, or whose asker could not be identified, takes nobody else's with it: of those that
    were joined to it the first stands for itself again, and the others are joined to that one.
    """
    joined = Case.objects.select_for_update(of=("self",)).filter(duplicate_of=row, state=State.DUPLICATE)
    first = joined.order_by("filed_at", "id").first()
    if first is None:
        return
    Case.objects.filter(duplicate_of=row, state=State.DUPLICATE).exclude(id=first.id).update(
        duplicate_of=first
    )
    first.state, first.duplicate_of, first.closed_at = rules.STEPS["hear"][State.DUPLICATE], None, None
    first.save(update_fields=["state", "duplicate_of", "closed_at"])
    record(actor, "stands", first)
