"""Opening, ending and reviewing emergency access, and lifting what a finding suspended."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.access.emergency import queries, rules
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension, Finding
from shouxin.core.policy import Actor, Permission
from shouxin.gate import facts
from shouxin.gate import services as gate
from shouxin.gate.queries import live_contact
from shouxin.gate.rules import check_note
from shouxin.journal import services as journal
from shouxin.people.delegations.services import record_use
from shouxin.people.leaving.ties import log_in_of
from shouxin.people.models import Staff
from shouxin.people.thresholds.queries import value

A_DAY = timedelta(days=1)


class EmergencyProblem(Exception):
    """It cannot be done; `codes` name every reason."""

    def __init__(self, *codes: str) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


def open_access(
    *,
    actor: Actor,
    customer: UUID,
    purpose: str,
    fields: Sequence[str],
    reason: str,
    reason_class: str,
    minutes: int,
    now: datetime,
) -> EmergencyAccess:
    """Open clear values of one customer for some minutes, at once; head and officer are alerted by it.

    The page has asked for a fresh second factor before. A contact that lasts as long is opened unless there is one.

    Raises:
        EmergencyProblem: what was stated does not suffice, or the person is suspended or has reached the day's number.
        gate.Refused, gate.ContactProblem: purpose, role or scope do not allow even the masked page.
    """
    actor.require(Permission.ACCESS_EMERGENCY_OPEN)
    _check(actor, purpose, fields, reason, minutes)
    contact = live_contact(actor=actor, customer=customer, now=now)
    if contact is None or contact.purpose != purpose or contact.ends_at < now + timedelta(minutes=minutes):
        gate.open_contact(
            actor=actor, customer=customer, purpose=purpose, reason_class=reason_class, note="", now=now
        )
    with transaction.atomic():
        found = _may_open(actor, now)
        if not found:
            return _opened(actor, customer, purpose, fields, reason, minutes, now)
        journal.append(
            actor=actor,
            event="emergency.refused",
            customer=customer,
            purpose=purpose,
            data={"obstacle": found},
        )
    raise EmergencyProblem(found)


def _check(actor: Actor, purpose: str, fields: Sequence[str], reason: str, minutes: int) -> None:
    book = facts.rules["rulebook"]
    rule = book.purpose(purpose)
    if rule is None or not rule.admits(actor):
        raise EmergencyProblem("purpose.role")
    allowed = [field.key for field in rules.openable(book.fields(), rule)]
    found = rules.problems(
        asked=fields, allowed=allowed, minutes=minutes, reason=reason, most=value(rules.LASTING)
    )
    if problem := check_note(reason):
        found.append(problem)
    if found:
        raise EmergencyProblem(*found)


def _may_open(actor: Actor, now: datetime) -> str:
    """What stands in the way, as a code; locking the person so that two at once are counted."""
    person = Staff.objects.values_list("person", flat=True).get(id=actor.id)
    mine = [staff.id for staff in Staff.objects.select_for_update().filter(person=person).order_by("id")]
    if queries.suspension_of(person):
        return "suspended"
    recent = EmergencyAccess.objects.filter(staff_id__in=mine, opened_at__gt=now - A_DAY)
    return "day.spent" if recent.count() >= value(rules.PER_DAY) else ""


def _opened(
    actor: Actor,
    customer: UUID,
    purpose: str,
    fields: Sequence[str],
    reason: str,
    minutes: int,
    now: datetime,
) -> EmergencyAccess:
    access = EmergencyAccess.objects.create(
        staff_id=actor.id,
        customer_id=customer,
        purpose=purpose,
        fields=sorted(set(fields)),
        reason=reason.strip(),
        opened_at=now,
        until=now + timedelta(minutes=minutes),
        review_due=rules.review_due(now),
    )
    journal.append(
        actor=actor,
        event="emergency.opened",
        customer=customer,
        purpose=purpose,
        data={"access": access.id, "purpose": purpose, "fields": list(access.fields), "minutes": minutes},
    )
    return access


def end(*, actor: Actor, access: UUID, now: datetime) -> EmergencyAccess:
    """End it before its time: the person, or whoever may review it."""
    actor.require(Permission.ACCESS_EMERGENCY_READ)
    with transaction.atomic():
        found = _locked(access)
        if found.staff_id != actor.id and queries.reviewing(actor, found) is None:
            raise EmergencyProblem("access.unknown")
        if not queries.in_force(found, now):
            raise EmergencyProblem("over")
        found.ended_at, found.ended_by_id = now, actor.id
        found.save(update_fields=["ended_at", "ended_by"])
        _record(actor, "emergency.ended", found)
    return found


def end_open(*, actor: Actor, accesses: QuerySet[EmergencyAccess], now: datetime) -> int:
    """End these of somebody who leaves, moves or loses a role, within the caller's transaction; how many.

    That somebody goes is decided in people; each is reviewed all the same.
    """
    found = list(accesses.select_for_update(of=("self",)).select_related("staff").order_by("id"))
    for access in found:
        access.ended_at, access.ended_by_id = now, log_in_of(actor)
        access.save(update_fields=["ended_at", "ended_by"])
        _record(actor, "emergency.ended", access)
    return len(found)


def review(*, actor: Actor, access: UUID, finding: Finding, note: str, now: datetime) -> EmergencyAccess:
    """Say whether it was justified, once, by another person; a finding against it suspends the person's right."""
    actor.require(Permission.ACCESS_EMERGENCY_REVIEW)
    if not note.strip():
        raise EmergencyProblem("note.missing")
    if problem := check_note(note):
        raise EmergencyProblem(problem)
    with transaction.atomic():
        found = _locked(access)
        if Staff.objects.filter(id=actor.id, person=found.staff.person).exists():
            raise EmergencyProblem("reviewer.same-person")
        standing = queries.reviewing(actor, found)
        if standing is None:
            raise EmergencyProblem("access.unknown")
        if found.reviewed_at is not None:
            raise EmergencyProblem("reviewed-already")
        if queries.in_force(found, now):
            raise EmergencyProblem("still-open")
        found.reviewed_by_id, found.reviewed_at = actor.id, now
        found.finding, found.review_note = finding, note.strip()
        found.save(update_fields=["reviewed_by", "reviewed_at", "finding", "review_note"])
        _record(actor, "emergency.reviewed", found, finding=finding.value)
        if finding is Finding.UNJUSTIFIED:
            EmergencySuspension.objects.create(access=found, person=found.staff.person, since=now)
            _record(actor, "emergency.suspended", found)
        record_use(actor=actor, standing=standing, deed="emergency.reviewed")
    return found


def lift(*, actor: Actor, suspension: UUID, note: str, now: datetime) -> EmergencySuspension:
    """Let a person open emergency access again: the officer, never for themselves."""
    actor.require(Permission.ACCESS_EMERGENCY_LIFT)
    if not note.strip():
        raise EmergencyProblem("note.missing")
    with transaction.atomic():
        found = (
            EmergencySuspension.objects.select_for_update()
            .filter(id=suspension, lifted_at__isnull=True)
            .first()
        )
        if found is None:
            raise EmergencyProblem("suspension.unknown")
        if Staff.objects.filter(id=actor.id, person=found.person).exists():
            raise EmergencyProblem("reviewer.same-person")
        found.lifted_by_id, found.lifted_at, found.lift_note = actor.id, now, note.strip()
        found.save(update_fields=["lifted_by", "lifted_at", "lift_note"])
        _record(
            actor, "emergency.lifted", EmergencyAccess.objects.select_related("staff").get(id=found.access_id)
        )
    return found


def _locked(access: UUID) -> EmergencyAccess:
    found = (
        EmergencyAccess.objects.select_for_update(of=("self",))
        .select_related("staff")
        .filter(id=access)
        .first()
    )
    if found is None:
        raise EmergencyProblem("access.unknown")
    return found


def _record(actor: Actor, event: str, access: EmergencyAccess, **more: str) -> None:
    journal.append(
        actor=actor,
        event=event,
        customer=access.customer_id,
        purpose=access.purpose,
        data={"access": access.id, "staff": access.staff.pseudonym, **more},
    )
