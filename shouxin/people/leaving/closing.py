"""Closing log-ins without anybody at a page: cutting off who left while duties wait, and taking back who returns."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.journal import services as journal
from shouxin.people import services as people
from shouxin.people.delegations import services as delegations
from shouxin.people.departments import open_department
from shouxin.people.duties import services as duties
from shouxin.people.leaving import queries
from shouxin.people.leaving.ties import Cause, log_in_of
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from shouxin.people.suspensions.models import Suspension


@transaction.atomic
def close_or_cut_off(*, actor: Actor, staff_id: UUID, now: datetime) -> bool:
    """Close the log-in of who left; while duties wait for a successor, end everything else. Whether it was closed.

    Whether `actor` may is the caller's to know.

    Raises:
        PeopleError: the last administrator of a kind stays; the log-in has ended.
    """
    try:
        with transaction.atomic():
            people.close_log_in(actor, staff_id)
    except PeopleError as error:
        if error.code != "duties_open":
            raise
        _cut_off(actor, staff_id, now)
        return False
    return True


def _cut_off(actor: Actor, staff_id: UUID, now: datetime) -> None:
    """Log-in, tokens, roles, grants, delegations and whatever runs end at once; the duties alone stand, and with them
    the log-in, which is closed when a successor is named."""
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if not staff.is_active:
        return
    cut = people.cut_ties(actor, staff, Cause.LEFT)
    delegations.end_of(actor=actor, staff_id=staff.id, now=now)
    if staff.suspended_at is None:
        staff.suspended_at = now
        Suspension.objects.create(
            staff=staff,
            cause=Suspension.Cause.LEAVING,
            suspended_by_id=log_in_of(actor),
            suspended_at=now,
        )
    staff.is_active, staff.roles = False, []
    staff.set_unusable_password()
    staff.save(update_fields=["is_active", "roles", "suspended_at", "password"])
    journal.append(actor=actor, event="staff.access_cut", data={"staff": staff.pseudonym, **cut})


def close_handed_over(*, actor: Actor) -> int:
    """Close the log-ins that waited for a successor and have one now; how many."""
    closed = 0
    for staff_id in queries.cut_off().order_by("id").values_list("id", flat=True):
        try:
            with transaction.atomic():
                people.close_log_in(actor, staff_id)
        except PeopleError:
            continue  # still waits
        closed += 1
    return closed


@transaction.atomic
def rejoin(*, actor: Actor, staff_id: UUID, department: UUID, password: str | None, now: datetime) -> Staff:
    """Take somebody back who left: a department and nothing else, as on the first day.

    Roles are granted and confirmed anew, the rules acknowledged anew; no grant, duty or delegation of before comes
    back. What rests for another cause than leaving goes on resting.
    """
    actor.require(Permission.PEOPLE_STAFF_WRITE)
    staff = Staff.objects.select_for_update().get(id=staff_id)
    if staff.is_active:
        raise PeopleError("active", Text("该登录名在用，无须重新入职。", "This log-in is in use already."))
    place = open_department(department)
    duties.vacate(actor=actor, staff_id=staff.id, now=now)
    resting = staff.suspensions.filter(resumed_at__isnull=True)
    resting.filter(cause=Suspension.Cause.LEAVING).update(resumed_at=now, resumed_by_id=log_in_of(actor))
    if not resting.exists():
        staff.suspended_at = None
    staff.departures.filter(withdrawn_at__isnull=True, ended_at__isnull=True).update(ended_at=now)
    staff.is_active, staff.left_at, staff.roles, staff.department = True, None, [], place
    staff.stay += 1
    staff.set_password(password)
    staff.must_change_password = password is not None
    staff.save()
    journal.append(
        actor=actor, event="staff.reopened", data={"staff": staff.pseudonym, "department": place.id}
    )
    return staff
