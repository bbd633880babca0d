"""Marking as of high risk and ending it: one proposes, another approves; keys and rules change with the approval."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from shouxin.access.highrisk import queries
from shouxin.access.highrisk.models import IN_FORCE, RiskAlert, RiskMark, State
from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import (
    Actor,
    Form,
    Permission,
    Permit,
    Role,
    service_actor,
    ungranted_form,
)
from shouxin.customers.registry import queries as customers
from shouxin.customers.registry.models import Customer
from shouxin.gate import facts
from shouxin.gate.rules import check_note
from shouxin.journal import services as journal
from shouxin.kit.queueing import queue_once
from shouxin.people import queries as people
from shouxin.people.delegations import queries as delegations
from shouxin.people.delegations.queries import Standing
from shouxin.people.delegations.services import record_use
from shouxin.vault import services as vault
from shouxin.vault.errors import VaultError

SETTLE, QUEUE = "access.highrisk.settle", "upkeep"
KEEPER = replace(service_actor("high-risk"), permissions=frozenset({Permission.VAULT_KEY_ROTATE}))


class RiskProblem(Exception):
    """The marking cannot be proposed or decided; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose_customer(*, actor: Actor, customer: UUID, reason: str, now: datetime) -> RiskMark:
    """Ask that a customer be marked; nothing changes before another person approves it."""
    actor.require(Permission.RISK_MARK_PROPOSE)
    row = customers.find(actor, customer)
    if row is None or not queries.asks_for(actor, row.owner_department_id):
        raise RiskProblem("mark.unknown")
    return _proposed(actor, reason, now, customer_id=row.id, department_id=row.owner_department_id)


def propose_field(*, actor: Actor, field: str, reason: str, now: datetime) -> RiskMark:
    """Ask that a field be marked, for every customer."""
    actor.require(Permission.RISK_MARK_PROPOSE)
    rule = facts.rules["rulebook"].fields().get(field)
    if rule is None:
        raise RiskProblem("mark.unknown")
    if ungranted_form(rule) is Form.CLEAR:
        raise RiskProblem("field.open")
    return _proposed(actor, reason, now, field=field, storage_group=rule.storage_group)


def approve(*, actor: Actor, mark: UUID, now: datetime) -> RiskMark:
    """Put the marking in force: own key, two approvers, fresh second factor, short grants, no export, alerts."""
    actor.require(Permission.RISK_MARK_APPROVE)
    with transaction.atomic():
        found, standing = _decidable(actor, mark, State.PROPOSED)
        found.state, found.decided_by_id, found.decided_at = State.ACTIVE, actor.id, now
        found.save(update_fields=["state", "decided_by", "decided_at"])
        _own_key(actor, found, vault.give_own_key)
        _record(actor, "marked", found, standing)
    return found


def refuse(*, actor: Actor, mark: UUID, note: str, now: datetime) -> RiskMark:
    """Turn a proposal down, or the proposal to end one, saying why."""
    actor.require(Permission.RISK_MARK_APPROVE)
    text = _said(note)
    with transaction.atomic():
        found, standing = _decidable(actor, mark, State.PROPOSED, State.ENDING)
        if found.state == State.ENDING:
            _forget_end(found)
            _record(actor, "end_refused", found, standing)
            return found
        found.state, found.decided_by_id, found.decided_at, found.note = State.REFUSED, actor.id, now, text
        found.save(update_fields=["state", "decided_by", "decided_at", "note"])
        _record(actor, "refused", found, standing)
    return found


def withdraw(*, actor: Actor, mark: UUID) -> RiskMark:
    """Take one's own proposal back, to mark or to end, before it is decided."""
    actor.require(Permission.RISK_MARK_PROPOSE)
    with transaction.atomic():
        found = _locked(mark, State.PROPOSED, State.ENDING)
        asked_by = found.end_proposed_by_id if found.state == State.ENDING else found.proposed_by_id
        if asked_by != actor.id:
            raise RiskProblem("mark.unknown")
        if found.state == State.ENDING:
            _forget_end(found)
        else:
            found.state = State.WITHDRAWN
            found.save(update_fields=["state"])
        _record(actor, "withdrawn", found)
    return found


def propose_end(*, actor: Actor, mark: UUID, reason: str, now: datetime) -> RiskMark:
    """Ask that a marking end; it stays in force until another person approves."""
    actor.require(Permission.RISK_MARK_PROPOSE)
    text = _said(reason)
    with transaction.atomic():
        found = _locked(mark, State.ACTIVE)
        if found.customer_id is not None and not queries.asks_for(actor, found.department_id):
            raise RiskProblem("mark.unknown")
        found.state, found.end_reason = State.ENDING, text
        found.end_proposed_by_id, found.end_proposed_at = actor.id, now
        found.save(update_fields=["state", "end_reason", "end_proposed_by", "end_proposed_at"])
        _record(actor, "end_proposed", found)
    return found


def approve_end(*, actor: Actor, mark: UUID, now: datetime) -> RiskMark:
    """End a marking: everybody's key and the ordinary rules hold again; the alerts stay."""
    actor.require(Permission.RISK_MARK_APPROVE)
    with transaction.atomic():
        found, standing = _decidable(actor, mark, State.ENDING)
        found.state, found.ended_by_id, found.ended_at = State.ENDED, actor.id, now
        found.save(update_fields=["state", "ended_by", "ended_at"])
        _own_key(actor, found, vault.give_up_own_key)
        _record(actor, "ended", found, standing)
    return found


def note_alert(*, actor: Actor, alert: UUID, now: datetime) -> RiskAlert:
    """Say that one has seen an alert: the officer for all, a head for the own departments; never the reader."""
    actor.require(Permission.RISK_MARK_READ)
    with transaction.atomic():
        found = RiskAlert.objects.select_for_update().filter(id=alert).first()
        if found is None or not queries.alerts(actor).filter(id=alert).exists():
            raise RiskProblem("mark.unknown")
        if people.same_person(actor.id, found.reader_id):
            raise RiskProblem("alert.own")
        standing = delegations.standing(
            actor=actor, department_id=found.department_id, about={found.reader.person}
        )
        if Role.OFFICER in actor.roles and found.officer_id is None:
            found.officer_id, found.officer_at = actor.id, now
        elif standing is None:
            raise RiskProblem("alert.own")  # a deputy does not note it for the head who read
        if standing and found.head_id is None:
            found.head_id, found.head_at = actor.id, now
        found.save(update_fields=["officer", "officer_at", "head", "head_at"])
        journal.append(
            actor=actor, event="risk.alert_seen", customer=found.customer_id, data={"alert": str(found.id)}
        )
        record_use(actor=actor, standing=standing, deed="risk.alert_seen")
    return found


def raise_alarm(permit: Permit, now: datetime) -> None:
    """Keep an alert for each customer of whom the permit shows something of high risk; in the gate's transaction."""
    rows = dict(Customer.objects.filter(id__in=permit.alarms).values_list("id", "owner_department_id"))
    risky_fields = queries.fields()
    for customer in permit.alarms:
        whole = queries.is_marked(customer)
        shown = sorted(
            key
            for key, form in permit.forms[customer].items()
            if form is Form.CLEAR and (whole or key in risky_fields)
        )
        alert = RiskAlert.objects.create(
            customer_id=customer,
            department_id=rows[customer],
            reader_id=permit.actor.id,
            purpose=permit.purpose,
            fields=shown,
            at=now,
        )
        journal.append(
            actor=permit.actor,
            event="risk.read",
            customer=customer,
            purpose=permit.purpose,
            data={"alert": str(alert.id), "fields": shown},
        )


def settle(*, stop: Callable[[], bool]) -> bool:
    """Bring keys of marked storage groups under their own, in steps; False when told to stop before the end."""
    return all(not stop() for _step in vault.settle_own_keys(actor=KEEPER))


def _proposed(actor: Actor, reason: str, now: datetime, **subject: object) -> RiskMark:
    text = _said(reason)
    try:
        with transaction.atomic():
            mark = RiskMark.objects.create(reason=text, proposed_by_id=actor.id, proposed_at=now, **subject)
            _record(actor, "proposed", mark)
    except IntegrityError:
        raise RiskProblem("mark.open-already") from None
    return mark


def _said(reason: str) -> str:
    text = reason.strip()
    if not text:
        raise RiskProblem("reason.missing")
    if check_note(text):
        raise RiskProblem("reason.identifier")
    return text[:300]


def _locked(mark: UUID, *states: State) -> RiskMark:
    found = RiskMark.objects.select_for_update().filter(id=mark).first()
    if found is None:
        raise RiskProblem("mark.unknown")
    if found.state not in states:
        raise RiskProblem("mark.decided-already")
    return found


def _decidable(actor: Actor, mark: UUID, *states: State) -> tuple[RiskMark, Standing]:
    """The marking, locked, when `actor` answers for it and is not who asked, nor their deputy."""
    found = _locked(mark, *states)
    asked_by = found.end_proposed_by if found.state == State.ENDING else found.proposed_by
    if asked_by is None or people.same_person(actor.id, asked_by.id):
        raise RiskProblem("approver.same-person")
    standing = queries.deciding(actor, found, asked_by)
    if standing is None:
        raise RiskProblem("mark.unknown")
    return found, standing


def _own_key(actor: Actor, mark: RiskMark, change: Callable[..., bool]) -> None:
    try:
        if mark.customer_id:
            change(actor=actor, customer_id=mark.customer_id)
        elif not _shared(mark):
            change(actor=actor, storage_group=mark.storage_group)
            queue_once(SETTLE, queue=QUEUE)
    except (VaultError, CryptoError):
        raise RiskProblem("keys.away") from None


def _shared(mark: RiskMark) -> bool:
    """Whether another marked field lies in the same storage group, which then has its key for both."""
    others = RiskMark.objects.filter(storage_group=mark.storage_group, state__in=IN_FORCE)
    return others.exclude(id=mark.id).exists()


def _forget_end(mark: RiskMark) -> None:
    mark.state, mark.end_reason, mark.end_proposed_by, mark.end_proposed_at = State.ACTIVE, "", None, None
    mark.save(update_fields=["state", "end_reason", "end_proposed_by", "end_proposed_at"])


def _record(actor: Actor, verb: str, mark: RiskMark, standing: Standing | None = None) -> None:
    data = {"mark": str(mark.id)} | ({"field": mark.field} if mark.field else {})
    event = f"risk.field_{verb}" if mark.field else f"risk.{verb}"
    journal.append(actor=actor, event=event, customer=mark.customer_id, data=data)
    record_use(actor=actor, standing=standing, deed=event)
