"""Suspending a person at once, and giving back what rested."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import services as people
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.suspensions import queries
from shouxin.people.suspensions.models import Suspension


@transaction.atomic
def suspend(*, actor: Actor, staff_id: UUID, cause: Suspension.Cause, now: datetime) -> list[Suspension]:
    """Let every log-in of a person rest: sessions end, no right works, nothing is lost; reversible."""
    asked = _asked(actor, staff_id)
    by = None if actor.kind is ActorKind.SERVICE else actor.id
    made = []
    for staff in _log_ins(asked):
        if staff.suspended_at is not None:
            continue
        people.check_not_last(staff)
        staff.suspended_at, staff.roles = now, []
        staff.save(update_fields=["suspended_at", "roles"])
        made.append(Suspension.objects.create(staff=staff, cause=cause, suspended_by_id=by, suspended_at=now))
        journal.append(
            actor=actor, event="staff.suspended", data={"staff": staff.pseudonym, "rest": cause.value}
        )
    if not made:
        raise PeopleError("suspended", Text("已经暂停。", "Suspended already."))
    return made


@transaction.atomic
def resume(*, actor: Actor, staff_id: UUID, now: datetime) -> list[Staff]:
    """Give a person back the roles that still stand; who was signed in before has to sign in anew."""
    asked = _asked(actor, staff_id)
    found = []
    for staff in _log_ins(asked):
        if staff.suspended_at is None:
            continue
        standing = staff.assignments.filter(confirmed_at__isnull=False, ended_at__isnull=True)
        staff.roles = sorted(set(standing.values_list("role", flat=True)))
        staff.suspended_at, staff.resumed_at = None, now
        staff.save(update_fields=["roles", "suspended_at", "resumed_at"])
        by = None if actor.kind is ActorKind.SERVICE else actor.id
        staff.suspensions.filter(resumed_at__isnull=True).update(resumed_at=now, resumed_by_id=by)
        journal.append(actor=actor, event="staff.resumed", data={"staff": staff.pseudonym})
        found.append(staff)
    if not found:
        raise PeopleError("not_suspended", Text("没有暂停。", "Not suspended."))
    return found


def _asked(actor: Actor, staff_id: UUID) -> Staff:
    staff = Staff.objects.filter(id=staff_id).first()
    if staff is None or not queries.may_suspend(actor=actor, staff=staff):
        raise PeopleError(
            "not_yours_to_suspend",
            Text(
                "须由其部门负责人、个人信息保护负责人或管理员办理，不能对本人。",
                "The department head, the officer or an administrator does this, never to themselves.",
            ),
        )
    return staff


def _log_ins(staff: Staff) -> list[Staff]:
    """Every log-in of the person still in use, locked in one order."""
    found = Staff.objects.select_for_update().filter(person=staff.person, is_active=True)
    return list(found.order_by("id"))
