"""Reading standing grants, limited to those the actor holds or answers for."""

from django.db.models import Q, QuerySet

from shouxin.access.grants.models import StandingGrant, State
from shouxin.core.policy import Actor, Permission, Role
from shouxin.people.delegations.queries import answered_departments, decidable, stood_in_for
from shouxin.people.models import Staff


def visible_to(actor: Actor) -> QuerySet[StandingGrant]:
    """The actor's own grants; a head's departments' too; all for those who oversee."""
    everything = StandingGrant.objects.select_related("staff", "staff__department", "decided_by").order_by(
        "-proposed_at", "-id"
    )
    if actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR}:
        return everything
    own = Q(staff_id=actor.id)
    if Role.HEAD in actor.roles:
        own |= Q(staff__department_id__in=answered_departments(actor))
    return everything.filter(own)


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
