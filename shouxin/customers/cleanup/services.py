"""Asking for a clean-up list, deciding on what stands there, and taking a decision back."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from procrastinate.contrib.django import app

from shouxin.core.policy import Actor, GroupState, Permission, Role
from shouxin.customers.cleanup import queries, rules
from shouxin.customers.cleanup.finding import CLEANUP
from shouxin.customers.cleanup.models import CleanupItem, CleanupRun, Decision
from shouxin.customers.quality import asking
from shouxin.customers.registry import merging, restricting
from shouxin.journal import services as journal
from shouxin.vault import queries as vault_queries
from shouxin.vault import services as vault
from shouxin.vault.errors import VaultError

LIST, QUEUE = "cleanup.list", "upkeep"


class CleanupProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def ask_run(*, actor: Actor, now: datetime) -> CleanupRun:
    """Queue a pass through the register.

    Raises:
        CleanupProblem: one is under way.
    """
    actor.require(Permission.CUSTOMERS_CLEANUP_DECIDE)
    return _asked(actor, actor.id, now)


def ask_by_calendar(*, now: datetime) -> CleanupRun | None:
    """The monthly pass; None when one is under way."""
    try:
        return _asked(CLEANUP, None, now)
    except CleanupProblem:
        return None


def _asked(actor: Actor, staff: UUID | None, now: datetime) -> CleanupRun:
    try:
        with transaction.atomic():
            row = CleanupRun.objects.create(asked_by_id=staff, asked_at=now)
            app.configure_task(LIST, queue=QUEUE, lock=LIST).defer(run=str(row.id))
            journal.append(actor=actor, event="cleanup.run_asked", data={"run": str(row.id)})
    except IntegrityError:
        raise CleanupProblem("run.open") from None
    return row


def decide(*, actor: Actor, items: Sequence[UUID], decision: Decision, now: datetime) -> int:
    """Decide on these lines of one list, and do it: nothing is removed, and each decision can be taken back.

    Refresh puts customers on the refresh list; restricting stops all reading and changing; sealing locks everything
    that is kept (storage and protection only, PIPL 47) until it is destroyed. Gives how many customers it was.

    Raises:
        CleanupProblem: no such lines for this person, not theirs to decide, or not for this list.
    """
    actor.require(Permission.CUSTOMERS_CLEANUP_READ)
    with transaction.atomic():
        rows = _mine(actor, items)
        if any(row.decision or decision not in rules.DECISIONS[row.group] for row in rows):
            raise CleanupProblem("item.decided")
        if decision in rules.OF_HEADS and Role.HEAD not in actor.roles:
            raise CleanupProblem("decision.of-heads")
        customers = sorted({row.customer_id for row in rows})
        _do(actor, customers, decision, now)
        for row in rows:
            row.decision, row.decided_by_id, row.decided_at = decision, actor.id, now
            row.save(update_fields=["decision", "decided_by", "decided_at"])
        journal.append_many(
            actor=actor, event=f"cleanup.{decision}", rows=[(customer, {}) for customer in customers]
        )
    return len(customers)


def take_back(*, actor: Actor, item: UUID, now: datetime) -> None:
    """Take a decision back: restricted and locked customers are open again; the line waits for another decision.

    Raises:
        CleanupProblem: no such decision for this person, or something was destroyed meanwhile.
    """
    actor.require(Permission.CUSTOMERS_CLEANUP_READ)
    with transaction.atomic():
        (row,) = _mine(actor, [item])
        if not row.decision:
            raise CleanupProblem("item.unknown")
        if row.decision in rules.OF_HEADS and Role.HEAD not in actor.roles:
            raise CleanupProblem("decision.of-heads")
        if row.decision == Decision.RESTRICT:
            restricting.restrict(
                actor=actor, customers=[row.customer_id], reason="clean-up", now=now, restricted=False
            )
        elif row.decision == Decision.SEAL:
            _move(actor, merging.family(row.customer_id), GroupState.LOCKED, GroupState.IN_USE)
        row.decision, row.decided_by, row.decided_at = Decision.NONE, None, None
        row.save(update_fields=["decision", "decided_by", "decided_at"])
        journal.append(actor=actor, event="cleanup.undone", customer=row.customer_id, data={})


def _mine(actor: Actor, items: Sequence[UUID]) -> list[CleanupItem]:
    wanted = set(items)
    seen = queries.decidable(actor).filter(id__in=wanted).values("id")
    rows = list(CleanupItem.objects.select_for_update().filter(id__in=seen).order_by("id"))
    if not rows or len(rows) != len(wanted):
        raise CleanupProblem("item.unknown")
    return rows


def _do(actor: Actor, customers: Sequence[UUID], decision: Decision, now: datetime) -> None:
    if decision is Decision.REFRESH:
        asking.ask_now(actor=actor, customers=customers, now=now)
    elif decision is Decision.RESTRICT:
        restricting.restrict(actor=actor, customers=customers, reason="clean-up", now=now)
    elif decision is Decision.SEAL:
        everyone = [one for family in merging.families(customers).values() for one in family]
        for state in (GroupState.COLLECTED, GroupState.IN_USE):
            _move(actor, everyone, state, GroupState.LOCKED)


def _move(actor: Actor, customers: Sequence[UUID], before: GroupState, after: GroupState) -> None:
    try:
        vault.move_state(actor=actor, groups=vault_queries.groups_in(before, customers), state=after)
    except VaultError:
        raise CleanupProblem("values.destroyed") from None
