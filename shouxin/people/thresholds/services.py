"""Asking for another value of a threshold, deciding it, and taking the wish back."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.problems import PeopleError
from shouxin.people.thresholds import queries
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import thresholds

State = ThresholdChange.State


@transaction.atomic
def ask(*, actor: Actor, key: str, value: int, reason: str, now: datetime) -> ThresholdChange:
    """Ask for a value; until another person confirms it, what held before goes on holding."""
    actor.require(Permission.PEOPLE_THRESHOLD_ASK)
    threshold = thresholds.get(key)
    if threshold is None or not threshold.allows(value):
        raise PeopleError("threshold_range", Text("数值超出范围。", "The number is out of its range."))
    if value == queries.value(threshold):
        raise PeopleError("threshold_same", Text("现在就是这个值。", "It is this already."))
    if not reason.strip():
        raise PeopleError("no_reason", Text("请说明理由。", "Say why."))
    for waiting in ThresholdChange.objects.select_for_update().filter(key=key, state=State.WAITING):
        _close(waiting, State.WITHDRAWN, actor, now)
        _record(actor, "threshold.withdrawn", waiting)
    try:
        with transaction.atomic():
            change = ThresholdChange.objects.create(
                key=key, value=value, reason=reason.strip()[:300], asked_by_id=actor.id, asked_at=now
            )
    except IntegrityError as error:  # somebody else asked this very moment
        raise PeopleError(
            "threshold_waiting", Text("刚有人提交了变更，请刷新后查看。", "Somebody just asked; look again.")
        ) from error
    _record(actor, "threshold.asked", change, before=queries.value(threshold))
    return change


@transaction.atomic
def confirm(*, actor: Actor, change_id: UUID, now: datetime) -> ThresholdChange:
    """Put a value into force; from now on it holds for everybody."""
    change = _decidable(actor, change_id)
    threshold = thresholds[change.key]
    before = queries.value(threshold)
    for old in ThresholdChange.objects.select_for_update().filter(key=change.key, state=State.IN_FORCE):
        old.state = State.REPLACED
        old.save(update_fields=["state"])
    _close(change, State.IN_FORCE, actor, now)
    _record(actor, "threshold.confirmed", change, before=before)
    return change


@transaction.atomic
def refuse(*, actor: Actor, change_id: UUID, now: datetime) -> ThresholdChange:
    """Leave it as it is."""
    change = _decidable(actor, change_id)
    _close(change, State.REFUSED, actor, now)
    _record(actor, "threshold.refused", change)
    return change


@transaction.atomic
def withdraw(*, actor: Actor, change_id: UUID, now: datetime) -> ThresholdChange:
    """Take one's own wish back."""
    actor.require(Permission.PEOPLE_THRESHOLD_ASK)
    change = _locked(change_id)
    if change is None or change.state != State.WAITING or change.asked_by_id != actor.id:
        raise _not_yours()
    _close(change, State.WITHDRAWN, actor, now)
    _record(actor, "threshold.withdrawn", change)
    return change


def _decidable(actor: Actor, change_id: UUID) -> ThresholdChange:
    actor.require(Permission.PEOPLE_THRESHOLD_CONFIRM)
    change = _locked(change_id)
    if change is None or not queries.may_decide(actor=actor, change=change):
        raise _not_yours()
    return change


def _locked(change_id: UUID) -> ThresholdChange | None:
    return (
        ThresholdChange.objects.select_for_update(of=("self",))
        .select_related("asked_by")
        .filter(id=change_id)
        .first()
    )


def _not_yours() -> PeopleError:
    return PeopleError(
        "not_yours_to_decide",
        Text(
            "没有等待您处理的变更。由个人信息保护负责人确认，且不能是提出人。",
            "Nothing waits for you here. The officer confirms, never whoever asked.",
        ),
    )


def _close(change: ThresholdChange, state: ThresholdChange.State, actor: Actor, now: datetime) -> None:
    change.state, change.decided_by_id, change.decided_at = state, actor.id, now
    change.save(update_fields=["state", "decided_by", "decided_at"])


def _record(actor: Actor, event: str, change: ThresholdChange, **more: JSON) -> None:
    journal.append(actor=actor, event=event, data={"threshold": change.key, "value": change.value, **more})
