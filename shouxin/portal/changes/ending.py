"""What a person denied stays locked no longer than its case lasts: it is settled before the answer, or given free with
the end that leaves nobody to settle it.
"""

from datetime import datetime

from shouxin.core.policy import Actor
from shouxin.portal.changes import settling
from shouxin.portal.changes.models import Freeze
from shouxin.portal.changes.services import What
from shouxin.rights.cases import rules
from shouxin.rights.cases.ending import Ending, endings
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, State


def check(row: Case) -> None:
    """An answer says what became of the change, unless nobody could establish who denied it."""
    if row.reason != rules.UNKNOWN and _open(row) is not None:
        raise CaseProblem("freeze.open")


def end(actor: Actor, row: Case, now: datetime) -> None:
    """Taken back, or refused since nobody knows who asks: the change stands. A denial is never ended by joining it to
    another request: whoever merges would put back into use what nobody looked into.
    """
    found = _open(row)
    if found is None:
        return
    if row.state == State.DUPLICATE:
        raise CaseProblem("freeze.merge")
    if row.state != State.WITHDRAWN:
        check(row)
    settling.give_free(actor=actor, freeze=found, now=now)


def _open(row: Case) -> Freeze | None:
    """What is stopped for this case and not settled, locked."""
    found = Freeze.objects.select_for_update(of=("self",)).filter(case=row, settled_at=None, what=What.CHANGE)
    return found.first()


endings.register("portal.changes", Ending(check, end))
