"""Reading standing grants, limited to those the actor holds or answers for."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from shouxin.access.grants.models import GrantUse, StandingGrant, State
from shouxin.access.grants.rules import day_of
from shouxin.core.policy import Actor, Permission, Role
from shouxin.people.delegations.queries import answered_departments, decidable, stood_in_for
from shouxin.people.models import Staff
from shouxin.people.tree import whole_tree

SOON = timedelta(days=30)


def visible_to(actor: Actor) -> QuerySet[StandingGrant]:
    """The actor's own grants; a head's departments' too; all for those who oversee."""
    everything = StandingGrant.objects.select_related(
        "staff", "staff__department", "decided_by", "seconded_by"
    ).order_by("-proposed_at", "-id")
    if actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR}:
        return everything
    own = Q(staff_id=actor.id)
    if Role.HEAD in actor.roles:
        own |= Q(staff__department_id__in=answered_departments(actor))
    return everything.filter(own)


def approvers(department: UUID | None, applicant: UUID) -> Sequence[Staff]:
    """Who may decide about somebody of `department`: the heads above and the officer, never the same person."""
    person = Staff.objects.filter(id=applicant).values("person")
    able = Staff.objects.filter(is_active=True, roles__overlap=[Role.HEAD.value, Role.OFFICER.value]).exclude(
        person__in=person
    )
    below = whole_tree()
    return [
        one
        for one in able.select_related("department").order_by("display_name")
        if Role.OFFICER.value in one.roles
        or (department and one.department_id and department in below(one.department_id))
    ]


def asked_by(actor: Actor) -> QuerySet[StandingGrant]:
    """What `actor` asked for and nobody decided on yet (我的申请)."""
    return visible_to(actor).filter(state=State.PENDING, proposed_by_id=actor.id)


def own_in_force(actor: Actor, now: datetime) -> QuerySet[StandingGrant]:
    """The actor's own grants that work now, the soonest to end first."""
    return (
        visible_to(actor).filter(staff_id=actor.id, state=State.ACTIVE, until__gt=now).order_by("until", "id")
    )


def left_today(actor: Actor, purpose: str, field: str, now: datetime) -> tuple[int, int] | None:
    """How many reads of `field` the actor's grants still allow today, and of how many; None without such a grant."""
    used = GrantUse.objects.filter(grant=OuterRef("pk"), day=day_of(now)).values("count")
    found = own_in_force(actor, now).filter(purpose=purpose, fields__contains=[field])
    counted = [(one.daily_limit, one.used or 0) for one in found.annotate(used=Subquery(used))]
    if not counted:
        return None
    return sum(most - count for most, count in counted), sum(most for most, _count in counted)


def ending(actor: Actor, now: datetime, *, team: bool = False) -> QuerySet[StandingGrant]:
    """What ends within a month, the soonest first: one's own; the whole team's, or all for those who oversee."""
    found = visible_to(actor).filter(state=State.ACTIVE, until__gt=now, until__lte=now + SOON)
    if Role.HEAD in actor.roles and not team:
        found = found.filter(staff_id=actor.id)
    return found.order_by("until", "id")


def over(actor: Actor, now: datetime) -> QuerySet[StandingGrant]:
    """What was approved and is over by its day."""
    return visible_to(actor).filter(state=State.ACTIVE, until__lte=now)


def awaiting(actor: Actor) -> QuerySet[StandingGrant]:
    """What `actor` could decide now (待我审批)."""
    if not actor.may(Permission.ACCESS_GRANT_APPROVE):
        return StandingGrant.objects.none()
    waiting = visible_to(actor).filter(state=State.PENDING).exclude(seconded_by_id=actor.id)
    if Role.OFFICER in actor.roles:
        return waiting.exclude(staff__person__in=Staff.objects.filter(id=actor.id).values("person"))
    in_stead_of = [giver.person for giver, _places in stood_in_for(actor)]
    waiting = waiting.exclude(
        Q(seconded_by__person__in=in_stead_of) & ~Q(staff__department_id__in=actor.department_ids)
    )
    return waiting.filter(decidable(actor, department="staff__department_id", person="staff__person"))
