"""Marking an algorithm outdated takes two people; then values are re-encrypted in the background."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.crypto.suites import suite_of
from shouxin.core.policy import Actor, Permission
from shouxin.journal import services as journal
from shouxin.kit.queueing import queue_once
from shouxin.people import queries as people
from shouxin.vault import algorithms
from shouxin.vault.models import Algorithm, AlgorithmStatus, ChangeState, SuiteChange

REENCRYPT, QUEUE = "vault.reencrypt", "upkeep"


class SuiteProblem(Exception):
    """The change of suite cannot be proposed or decided; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose(*, actor: Actor, suite: int, successor: int, reason: str, now: datetime) -> SuiteChange:
    """Ask that `suite` be outdated and `successor` take over; another person confirms."""
    actor.require(Permission.VAULT_KEY_ROTATE)
    allowed = set(Algorithm.objects.filter(status=AlgorithmStatus.ALLOWED).values_list("suite", flat=True))
    if suite == successor or not {suite, successor} <= allowed:
        raise SuiteProblem("suite.no-successor")
    if not reason.strip():
        raise SuiteProblem("reason.missing")
    try:
        with transaction.atomic():
            change = SuiteChange.objects.create(
                suite=suite,
                successor=successor,
                reason=reason.strip()[:300],
                proposed_by_id=actor.id,
                proposed_at=now,
            )
            _record(actor, "algorithm.change_proposed", change)
    except IntegrityError:
        raise SuiteProblem("suite.open-already") from None
    return change


def confirm(*, actor: Actor, change: UUID, now: datetime) -> SuiteChange:
    """Mark the suite outdated: forbidden for new values at once, old ones are re-encrypted in the background.

    Raises:
        SuiteProblem: decided already, or asked for by the same person.
    """
    actor.require(Permission.VAULT_SUITE_CONFIRM)
    with transaction.atomic():
        found = _waiting(change)
        if people.same_person(actor.id, found.proposed_by_id):
            raise SuiteProblem("approver.same-person")
        try:
            found.groups = algorithms.mark_outdated(actor=actor, suite=found.suite, successor=found.successor)
        except algorithms.NoSuccessor:
            raise SuiteProblem("suite.no-successor") from None
        found.state, found.decided_by_id, found.decided_at = ChangeState.CONFIRMED, actor.id, now
        found.save(update_fields=["groups", "state", "decided_by", "decided_at"])
        queue_once(REENCRYPT, queue=QUEUE)
    return found


def refuse(*, actor: Actor, change: UUID, now: datetime) -> SuiteChange:
    """Turn the proposal down, or take one's own back; everything stays as it is."""
    if not actor.may(Permission.VAULT_SUITE_CONFIRM):
        actor.require(Permission.VAULT_KEY_ROTATE)
    with transaction.atomic():
        found = _waiting(change)
        mine = people.same_person(actor.id, found.proposed_by_id)
        if not mine:
            actor.require(Permission.VAULT_SUITE_CONFIRM)
            found.decided_by_id = actor.id
        found.state, found.decided_at = ChangeState.REFUSED, now
        found.save(update_fields=["state", "decided_by", "decided_at"])
        _record(actor, "algorithm.change_refused", found)
    return found


def _waiting(change: UUID) -> SuiteChange:
    found = SuiteChange.objects.select_for_update().filter(id=change).first()
    if found is None or found.state != ChangeState.PROPOSED:
        raise SuiteProblem("suite.decided-already")
    return found


def _record(actor: Actor, event: str, change: SuiteChange) -> None:
    journal.append(
        actor=actor,
        event=event,
        data={"suite": suite_of(change.suite).name, "successor": suite_of(change.successor).name},
    )
