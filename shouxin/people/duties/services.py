"""Naming who answers for a step, and who succeeds somebody in all they answered for."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.ledger.entry import JSON
from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people.duties import queries
from shouxin.people.duties.models import Duty
from shouxin.people.duties.rules import STEPS
from shouxin.people.leaving.ties import log_in_of
from shouxin.people.models import Department, Staff
from shouxin.people.problems import PeopleError


@transaction.atomic
def appoint(
    *,
    actor: Actor,
    department: UUID,
    step: str,
    holder: UUID,
    deputy: UUID | None,
    until: datetime | None,
    now: datetime,
) -> Duty:
    """Name who answers for a step of a department from now on; whoever held it before holds it no more."""
    actor.require(Permission.PEOPLE_DUTY_APPOINT)
    place = Department.objects.select_for_update().filter(id=department, is_active=True).first()
    if place is None or step not in STEPS or not queries.may_appoint(actor=actor, department_id=department):
        raise PeopleError(
            "no_duty_there",
            Text(
                "部门或环节不存在，或不归您指定。",
                "There is no such department or step, or it is not yours to appoint.",
            ),
        )
    if until is not None and until <= now:
        raise PeopleError("duty_dates", Text("截止须晚于现在。", "The end must be later than now."))
    chosen = _eligible(holder, department)
    second = _eligible(deputy, department) if deputy else None
    if second is not None and second.person == chosen.person:
        raise PeopleError(
            "deputy_same",
            Text("代理人须是另一人。请另选。", "The deputy must be somebody else. Choose again."),
        )
    return _take(actor, place, step, chosen, second, until, now)


@transaction.atomic
def succeed(*, actor: Actor, staff_id: UUID, successor: UUID, now: datetime) -> list[Duty]:
    """Give everything somebody answers for to one successor, as far as it is the actor's to give."""
    actor.require(Permission.PEOPLE_DUTY_APPOINT)
    held = queries.in_force(now).filter(holder_id=staff_id)
    mine = [duty for duty in held if queries.may_appoint(actor=actor, department_id=duty.department_id)]
    if not mine:
        raise PeopleError(
            "nothing_to_succeed",
            Text(
                "没有可由您交接的职责。请部门负责人或个人信息保护负责人办理。",
                "There is no duty of theirs that is yours to give. Ask the department head or the officer.",
            ),
        )
    taken = []
    for duty in mine:
        chosen = _eligible(successor, duty.department_id)
        if chosen.id == staff_id:
            raise PeopleError(
                "same_person", Text("接任人须是另一人。", "The successor must be somebody else.")
            )
        deputy = duty.deputy if duty.deputy_id not in {chosen.id, staff_id} else None
        taken.append(_take(actor, duty.department, duty.step, chosen, deputy, duty.until, now))
    return taken


@transaction.atomic
def end(*, actor: Actor, duty_id: UUID, now: datetime) -> Duty:
    """Leave a step without a holder; for the officer alone, and shown as a finding where the step is still done."""
    found = Duty.objects.select_for_update().filter(id=duty_id, ended_at__isnull=True).first()
    if found is None or Role.OFFICER not in actor.roles:
        raise PeopleError(
            "no_duty_there",
            Text(
                "没有找到该职责，或须由个人信息保护负责人办理。",
                "There is no such duty, or the officer has to do this.",
            ),
        )
    found.ended_at, found.ended_by_id = now, actor.id
    found.save(update_fields=["ended_at", "ended_by"])
    journal.append(actor=actor, event="duty.ended", data=_codes(found))
    return found


def vacate(*, actor: Actor, staff_id: UUID, now: datetime) -> int:
    """End what somebody answers for, or is the deputy of, because they move, within the caller's transaction.

    That they move is decided in people; a step left without anybody stays a finding until somebody takes it over.
    """
    held = list(queries.in_force(now).select_for_update(of=("self",)).filter(holder_id=staff_id))
    for duty in held:
        duty.ended_at, duty.ended_by_id, duty.vacated = now, log_in_of(actor), True
        duty.save(update_fields=["ended_at", "ended_by", "vacated"])
        journal.append(actor=actor, event="duty.vacated", data=_codes(duty))
    release_deputy(actor=actor, staff_id=staff_id, now=now)
    return len(held)


def release_deputy(*, actor: Actor, staff_id: UUID, now: datetime) -> int:
    """Somebody who leaves or moves is nobody's deputy any more; the holders stay."""
    found = list(queries.in_force(now).select_for_update(of=("self",)).filter(deputy_id=staff_id))
    for duty in found:
        journal.append(actor=actor, event="duty.deputy_gone", data=_codes(duty))
        duty.deputy = None
        duty.save(update_fields=["deputy"])
    return len(found)


def _eligible(staff_id: UUID, department: UUID) -> Staff:
    """The person, locked, so that they cannot leave between the check and the appointment."""
    found = Staff.objects.select_for_update().filter(id=staff_id).first()
    if found is None or not queries.may_hold(holder=found, department_id=department):
        raise PeopleError(
            "not_eligible",
            Text(
                "须是在本部门或上级部门任职、有角色的在用人员。请另选。",
                "It must be somebody at work in the department or above it, with a role. Choose again.",
            ),
        )
    return found


def _take(
    actor: Actor,
    place: Department,
    step: str,
    holder: Staff,
    deputy: Staff | None,
    until: datetime | None,
    now: datetime,
) -> Duty:
    Duty.objects.filter(department=place, step=step, ended_at__isnull=True).update(
        ended_at=now, ended_by_id=actor.id
    )
    duty = Duty.objects.create(
        department=place,
        step=step,
        holder=holder,
        deputy=deputy,
        since=now,
        until=until,
        appointed_by_id=actor.id,
    )
    journal.append(actor=actor, event="duty.appointed", data=_codes(duty))
    return duty


def _codes(duty: Duty) -> dict[str, JSON]:
    return {
        "staff": duty.holder.pseudonym,
        "deputy": duty.deputy.pseudonym if duty.deputy else None,
        "step": duty.step,
        "department": duty.department_id,
    }
