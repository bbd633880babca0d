"""Reading suspensions, and who may suspend whom."""

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Staff
from shouxin.people.suspensions.models import Suspension

WIDE = frozenset({Role.OFFICER, Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN})


def may_suspend(*, actor: Actor, staff: Staff) -> bool:
    """Officer and administrators anybody, a head the own departments' people; nobody themselves, either way."""
    if actor.kind is ActorKind.SERVICE:
        return True
    if not actor.may(Permission.PEOPLE_STAFF_SUSPEND) or not staff.is_active:
        return False
    if Staff.objects.filter(id=actor.id, person=staff.person).exists():
        return False
    return bool(actor.roles & WIDE) or staff.department_id in answered_departments(actor)


def history(staff: Staff) -> list[Suspension]:
    """Every suspension of a log-in, newest first."""
    return list(staff.suspensions.select_related("suspended_by", "resumed_by"))
