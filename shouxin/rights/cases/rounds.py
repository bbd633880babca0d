"""Many answers approved at once: asked for by one person, carried out one by one in the background."""

import json
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from shouxin.core.policy import Actor, NotAllowed, Permission
from shouxin.kit import clock
from shouxin.people import queries as people
from shouxin.rights.cases import answering, queries
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Round, RoundItem

RUN, QUEUE = "rights.approve", "bulk"
MOST = 1000


def digest_of(row: Case) -> str:
    """What an approver sees of an answer, so that nothing else is approved."""
    said = [
        row.outcome,
        row.reason,
        row.conditions,
        row.fields,
        row.stated,
        str(row.proposed_by_id),
        row.proposed_at.isoformat() if row.proposed_at else "",
        bytes(row.answer or b"").hex(),
    ]
    return sha256(json.dumps(said).encode()).hexdigest()


def ask(*, actor: Actor, typed: int, now: datetime) -> Round:
    """Approve everything that waits for this person now, in the background.

    Raises:
        CaseProblem: nothing waits, or another number than was typed.
    """
    actor.require(Permission.RIGHTS_CASE_DECIDE)
    with transaction.atomic():
        rows = list(queries.awaiting(actor)[:MOST])
        if not rows or len(rows) != typed:
            raise CaseProblem("round.number")
        made = Round.objects.create(staff_id=actor.id, total=len(rows), asked_at=now)
        RoundItem.objects.bulk_create([RoundItem(round=made, case=row, seen=digest_of(row)) for row in rows])
        app.configure_task(RUN, queue=QUEUE).defer(asked=str(made.id))
    return made


def go_on(*, asked: UUID, stop: Callable[[], bool] = lambda: False) -> bool:
    """Approve what is left of a round, each in a transaction of its own; False when told to stop before the end."""
    waiting = RoundItem.objects.filter(round_id=asked, state=RoundItem.State.WAITING).order_by("id")
    for item in list(waiting.values_list("id", flat=True)):
        if stop():
            return False
        _one(item)
    Round.objects.filter(id=asked, ended_at__isnull=True).update(ended_at=clock.now())
    return True


def _one(item: UUID) -> None:
    """With the rights the approver has at this moment, and only what they were shown."""
    with transaction.atomic():
        row = RoundItem.objects.select_for_update(of=("self",)).select_related("round").get(id=item)
        if row.state != RoundItem.State.WAITING:
            return
        row.state = RoundItem.State.DONE
        try:
            with transaction.atomic():
                if digest_of(Case.objects.get(id=row.case_id)) != row.seen:
                    raise CaseProblem("round.changed")  # noqa: TRY301 - one way to fail
                actor = people.actor_by_id(row.round.staff_id)
                answering.approve(actor=actor, case=row.case_id, now=clock.now())
        except CaseProblem as problem:
            row.state, row.problem = RoundItem.State.FAILED, problem.code
        except NotAllowed:
            row.state, row.problem = RoundItem.State.FAILED, "case.unknown"
        row.save(update_fields=["state", "problem"])
