"""Asking for an operation over many customers, doing it customer by customer, cancelling it and going on."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Actor, NotAllowed
from shouxin.customers.bulk.models import OPEN, BulkItem, BulkOperation, State
from shouxin.customers.bulk.verbs import Job, NotDone, Verb, offered, verbs
from shouxin.customers.handover.services import HandoverProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry import selecting
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.problems import RegistryProblem
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.people import queries as people
from shouxin.people.models import Staff
from shouxin.vault.errors import VaultError

RUN, QUEUE = "bulk.run", "bulk"
MOST = 10_000  # customers of one operation
TYPED_FROM = 100  # customers from which on their number has to be typed, whatever the verb
Outcome = BulkItem.Outcome


class BulkProblem(Exception):
    """It cannot be asked for, or taken further; `code` names why."""

    def __init__(self, code: str, number: int = 0) -> None:
        super().__init__(code)
        self.code, self.number = code, number


def must_be_typed(verb: Verb, number: int) -> bool:
    return verb.grave or number >= TYPED_FROM


def ask(
    *,
    actor: Actor,
    verb: str,
    parameters: Mapping[str, str],
    purpose: str,
    token: str,
    typed: str,
    now: datetime,
) -> BulkOperation:
    """Queue `verb` for the customers of a selection, as they are at this moment; the selection is used up.

    Raises:
        BulkProblem: no such verb for this person, the selection is over, empty or too large, or another number of
            customers was typed than it now holds.
    """
    chosen = next((one for one in offered(actor) if one.key == verb), None)
    if chosen is None:
        raise BulkProblem("verb.unknown")
    actor.require(chosen.permission)
    with transaction.atomic():
        selection = selecting.take(actor=actor, token=token, now=now)
        if selection is None:
            raise BulkProblem("selection.over")
        members = selecting.members(actor, selection, MOST + 1)
        if not members or len(members) > MOST:
            raise BulkProblem("selection.large" if members else "selection.empty", MOST)
        if must_be_typed(chosen, len(members)) and typed.strip() != str(len(members)):
            raise BulkProblem("typed.wrong", len(members))
        row = BulkOperation.objects.create(
            staff_id=actor.id,
            verb=verb,
            parameters=dict(parameters),
            purpose=purpose,
            total=len(members),
            asked_at=now,
        )
        BulkItem.objects.bulk_create(
            (BulkItem(operation=row, customer_id=one) for one in members), batch_size=2000
        )
        _record(actor, "bulk.asked", row)
        _queue(row.id)
    return row


def cancel(*, actor: Actor, operation: UUID, now: datetime) -> BulkOperation:
    """Leave alone what is not done yet; what is done stays done."""
    with transaction.atomic():
        row = _mine(actor, operation)
        if row.state not in OPEN:
            raise BulkProblem("operation.over")
        row.state, row.ended_at = State.CANCELLED, now
        row.save(update_fields=["state", "ended_at"])
        _record(actor, "bulk.cancelled", row)
    return row


def go_on(*, actor: Actor, operation: UUID) -> BulkOperation:
    """Queue again what stopped; customers that are done are not touched twice."""
    with transaction.atomic():
        row = _mine(actor, operation)
        if row.state not in OPEN:
            raise BulkProblem("operation.over")
        row.state, row.problem = State.WAITING, ""
        row.save(update_fields=["state", "problem"])
        _queue(row.id)
    return row


def step(*, operation: UUID, now: datetime) -> bool:
    """Do the next customer of an operation; False when none is left or nothing may be done any more.

    One transaction holds the customer's share, what the verb changes and what became of it, so that each is done once
    however many workers there are and wherever one is cut off.
    """
    with transaction.atomic():
        row = BulkOperation.objects.filter(id=operation, state__in=[State.WAITING, State.RUNNING]).first()
        if row is None:
            return False
        waiting = BulkItem.objects.filter(operation_id=operation, outcome=Outcome.WAITING).order_by("id")
        item = waiting.select_for_update(skip_locked=True).first()
        if item is None:
            return False
        problem = _do(row, item.customer_id, now)
        item.outcome, item.problem = Outcome.FAILED if problem else Outcome.DONE, problem[:60]
        item.save(update_fields=["outcome", "problem"])
        counter = "failed" if problem else "done"
        open_ones = BulkOperation.objects.filter(id=operation)
        open_ones.filter(state=State.WAITING).update(state=State.RUNNING)
        open_ones.update(**{counter: F(counter) + 1})
    return True


def stop(*, operation: UUID, problem: str) -> None:
    """Nothing can be done for now, the keys are away for instance; whoever asked can go on later."""
    BulkOperation.objects.filter(id=operation, state__in=[State.WAITING, State.RUNNING]).update(
        state=State.STOPPED, problem=problem
    )


def finish(*, operation: UUID, now: datetime) -> None:
    """Say that it is over, once nothing waits any more."""
    with transaction.atomic():
        row = BulkOperation.objects.select_for_update().filter(id=operation, state__in=OPEN).first()
        waits = BulkItem.objects.filter(operation_id=operation, outcome=Outcome.WAITING).exists()
        if row is None or waits:
            return
        row.state, row.ended_at = State.DONE, now
        row.save(update_fields=["state", "ended_at"])
        _record(people.actor_of(Staff.objects.get(id=row.staff_id)), "bulk.finished", row)


def _do(row: BulkOperation, customer: UUID, now: datetime) -> str:
    """The verb for one customer; the code of why not, or nothing. Rights are looked at anew for each."""
    try:
        actor = people.actor_by_id(row.staff_id)
        actor.require(verbs[row.verb].permission)
        found: Customer | None = registry.find(actor, customer)
        if found is None:
            return "customer.unknown"
        verbs[row.verb].run(Job(actor, found, row.parameters, row.purpose, now))
    except gate.Refused as problem:
        return problem.refusal.code
    except (NotDone, HandoverProblem, RegistryProblem) as problem:
        return problem.code
    except (NotAllowed, Staff.DoesNotExist):
        return "actor.may-not"
    return ""


def _mine(actor: Actor, operation: UUID) -> BulkOperation:
    row = BulkOperation.objects.select_for_update().filter(id=operation, staff_id=actor.id).first()
    if row is None:
        raise BulkProblem("operation.unknown")
    return row


def _queue(operation: UUID) -> None:
    name = f"{RUN}:{operation}"
    try:
        with transaction.atomic():
            app.configure_task(RUN, queue=QUEUE, lock=name, queueing_lock=name).defer(
                operation=str(operation)
            )
    except AlreadyEnqueued:
        return


def _record(actor: Actor, event: str, row: BulkOperation) -> None:
    row.refresh_from_db(fields=["done", "failed"])
    journal.append(
        actor=actor,
        event=event,
        purpose=row.purpose,
        data={
            "operation": str(row.id),
            "bulk_verb": row.verb,
            "count": row.total,
            "done": row.done,
            "failed": row.failed,
        },
    )


KEYS_AWAY = (VaultError, CryptoError)
