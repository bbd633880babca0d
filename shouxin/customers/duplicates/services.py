"""Asking for a search, and judging a suspected pair; merging stands in merging.py."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from shouxin.core.policy import Actor, Permission
from shouxin.customers.duplicates import queries
from shouxin.customers.duplicates.models import UNDECIDED, DuplicateRun, PairState, SuspectedPair
from shouxin.customers.duplicates.reading import DEDUPLICATION
from shouxin.journal import services as journal

SEARCH, QUEUE = "duplicates.search", "upkeep"
EVENTS = {
    PairState.LATER: "duplicates.later",
    PairState.HANDED: "duplicates.handed",
    PairState.DIFFERENT: "duplicates.different",
    PairState.OPEN: "duplicates.reopened",
}


class DuplicateProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask_run(*, actor: Actor, thorough: bool, now: datetime) -> DuplicateRun:
    """Queue a search through the register.

    Raises:
        DuplicateProblem: one is under way already.
    """
    actor.require(Permission.CUSTOMERS_DUPLICATE_MERGE)
    return _asked(actor, thorough, actor.id, now)


def ask_by_calendar(*, now: datetime) -> DuplicateRun | None:
    """The weekly search; None when one is under way."""
    try:
        return _asked(DEDUPLICATION, True, None, now)
    except DuplicateProblem:
        return None


def _asked(actor: Actor, thorough: bool, staff: UUID | None, now: datetime) -> DuplicateRun:  # noqa: FBT001 - one caller each
    try:
        with transaction.atomic():
            row = DuplicateRun.objects.create(thorough=thorough, asked_by_id=staff, asked_at=now)
            app.configure_task(SEARCH, queue=QUEUE, lock=SEARCH).defer(run=str(row.id))
            journal.append(actor=actor, event="duplicates.run_asked", data={"run": str(row.id)})
    except IntegrityError:
        raise DuplicateProblem("run.open") from None
    return row


def judge(*, actor: Actor, pair: UUID, verdict: PairState, now: datetime) -> SuspectedPair:
    """Say what is to become of a pair without merging it: another time, another person, or never again.

    Raises:
        DuplicateProblem: no such pair for this actor, or somebody decided it meanwhile.
    """
    actor.require(Permission.CUSTOMERS_DUPLICATE_JUDGE)
    with transaction.atomic():
        row = SuspectedPair.objects.select_for_update().filter(id=pair).first()
        if row is None or not queries.visible_pairs(actor).filter(id=pair).exists():
            raise DuplicateProblem("pair.unknown")
        from_states = {PairState.DIFFERENT.value} if verdict is PairState.OPEN else set(UNDECIDED)
        if row.state not in from_states or verdict not in EVENTS:
            raise DuplicateProblem("pair.decided")
        row.state = verdict
        row.decided_by_id, row.decided_at = (None, None) if verdict is PairState.OPEN else (actor.id, now)
        row.save(update_fields=["state", "decided_by", "decided_at"])
        journal.append_many(
            actor=actor,
            event=EVENTS[verdict],
            rows=[(customer, {"pair": str(row.id)}) for customer in (row.customer_id, row.other_id)],
        )
    return row
