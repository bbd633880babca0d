"""Cases of people who have no account: the public page files for them, whoever has the code hands in what is lacking.

Nothing that comes by that page is believed: staff find out whom it is about and who asks, as for a letter.
"""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission, service_actor
from shouxin.rights.cases import rules
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Pause, State
from shouxin.rights.cases.proving import keep
from shouxin.rights.cases.services import runs_again, theirs

PUBLIC = replace(service_actor("public_page"), permissions=frozenset({Permission.RIGHTS_CASE_FILE}))
WAITING = frozenset({State.RECEIVED.value, State.IDENTITY.value})


def takes_proofs(row: Case) -> bool:
    """Whether a copy of a proof still helps."""
    return row.state in WAITING and row.level != rules.NOBODY


def tells_all(row: Case) -> bool:
    """Whether the answer may be read by whoever has number and code: nothing in it was given to somebody identified."""
    return row.level == rules.NOBODY or row.reason == rules.UNKNOWN


def hand_in(*, actor: Actor, case: UUID, content: bytes, now: datetime) -> None:
    """A copy of a proof, from the person at their own door or from whoever has the code; staff judge what it shows. A
    clock that stood until it came runs again.

    Raises:
        CaseProblem: unknown, no longer needed, or no picture or PDF that can be kept.
    """
    if actor.kind is ActorKind.STAFF:
        raise CaseProblem("case.unknown")  # staff note what they checked
    with transaction.atomic():
        row = theirs(actor, case)
        if not takes_proofs(row):
            raise CaseProblem("case.step")
        keep(actor, row, content, now)
        if row.pause == Pause.PROOF:
            runs_again(actor, row, now)
