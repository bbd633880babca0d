"""Two open requests of one person for the same: one is answered, and the other is joined to it."""

from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.rights.cases import ending
from shouxin.rights.cases.models import Case, State
from shouxin.rights.cases.proving import forget_proofs
from shouxin.rights.cases.recording import record


def give_way(actor: Actor, standing: Case, to: UUID, now: datetime) -> bool:
    """A request that somebody unidentified filed in a person's name is joined to the one of whoever is identified, so
    that no stranger holds the code or the end of it. False where its asker is known, or where nobody has to be and it
    is dealt with already.
    """
    row = Case.objects.select_for_update(of=("self",)).get(id=standing.id)
    if row.state not in {State.RECEIVED, State.IDENTITY} or row.checks.exists():
        return False
    join(actor, row, to, now)
    return True


def settle(actor: Actor, row: Case, standing: Case, now: datetime) -> None:
    """Somebody found out that `row` repeats what stands open: of the two the one of whoever is identified goes on, else
    the earlier one.
    """
    if not (row.checks.exists() and give_way(actor, standing, row.id, now)):
        join(actor, row, standing.id, now)


def join(actor: Actor, row: Case, to: UUID, now: datetime) -> None:
    """End `row` in favour of another, which also gets what was joined to it; in the caller's transaction."""
    forget_proofs(actor, row)
    row.state, row.duplicate_of_id, row.closed_at = State.DUPLICATE, to, now
    row.paused_at, row.pause = None, ""
    row.save(update_fields=["state", "duplicate_of", "closed_at", "paused_at", "pause"])
    Case.objects.filter(duplicate_of=row, state=State.DUPLICATE).update(duplicate_of=to)
    ending.end(actor, row, now)
    record(actor, "merged", row, repeats=str(to))
