"""Reading emergency access, limited to one's own and those one answers for."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.access.emergency import rules
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension
from shouxin.core.policy import Actor, Permission, Role
from shouxin.journal.queries import Line, timeline
from shouxin.people.delegations.queries import Standing, answered_departments, decidable, standing
from shouxin.people.models import Staff

OVERSEERS = frozenset({Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})
READS = ("field.revealed",)
LINES = 100  # of a customer's timeline looked through for the reads of some minutes


def visible_to(actor: Actor) -> QuerySet[EmergencyAccess]:
    """The actor's own; a head's departments' too; all for those who oversee."""
    everything = EmergencyAccess.objects.select_related(
        "staff", "staff__department", "reviewed_by", "ended_by"
    )
    if not actor.may(Permission.ACCESS_EMERGENCY_READ):
        return everything.none()
    if actor.roles & OVERSEERS:
        return everything
    own = Q(staff_id=actor.id)
    if Role.HEAD in actor.roles:
        own |= Q(staff__department_id__in=answered_departments(actor))
    return everything.filter(own)


def awaiting(actor: Actor) -> QuerySet[EmergencyAccess]:
    """What `actor` is alerted to and has to review: not yet reviewed, and not their own under any log-in."""
    if not actor.may(Permission.ACCESS_EMERGENCY_REVIEW):
        return EmergencyAccess.objects.none()
    waiting = visible_to(actor).filter(reviewed_at__isnull=True)
    if Role.OFFICER in actor.roles:
        return waiting.exclude(staff__person__in=Staff.objects.filter(id=actor.id).values("person"))
    return waiting.filter(decidable(actor, department="staff__department_id", person="staff__person"))


def overdue(actor: Actor, now: datetime) -> QuerySet[EmergencyAccess]:
    """Those nobody reviewed in time, for whoever sees them."""
    today = now.astimezone(rules.ZONE).date()
    return visible_to(actor).filter(reviewed_at__isnull=True, review_due__lt=today)


def in_force(access: EmergencyAccess, now: datetime) -> bool:
    return access.ended_at is None and access.until > now


def reviewing(actor: Actor, access: EmergencyAccess) -> Standing | None:
    """On whose strength `actor` may review this: the officer, the head or the head's deputy, never the person."""
    if not actor.may(Permission.ACCESS_EMERGENCY_REVIEW):
        return None
    person = Staff.objects.values_list("person", flat=True).filter(id=actor.id).first()
    if person is None or person == access.staff.person:
        return None
    if Role.OFFICER in actor.roles:
        return Standing(None)
    return standing(actor=actor, department_id=access.staff.department_id, about={access.staff.person})


def reads_under(access: EmergencyAccess) -> list[Line]:
    """The reads that rested on this access, the earliest first."""
    lines = timeline(access.customer_id, limit=LINES)
    mine = [line for line in lines if str(access.id) in line.data.get("grants", ()) and line.event in READS]
    return mine[::-1]


def suspension_of(person: UUID) -> EmergencySuspension | None:
    """What keeps this person from emergency access now."""
    return EmergencySuspension.objects.filter(person=person, lifted_at__isnull=True).first()


def is_suspended(actor: Actor) -> bool:
    person = Staff.objects.values_list("person", flat=True).filter(id=actor.id).first()
    return person is not None and suspension_of(person) is not None


def suspensions(actor: Actor) -> QuerySet[EmergencySuspension]:
    """Who may not open emergency access now, among those the actor sees."""
    return EmergencySuspension.objects.select_related("access__staff").filter(
        lifted_at__isnull=True, access__in=visible_to(actor)
    )


def own_unreviewed(actor: Actor) -> QuerySet[EmergencyAccess]:
    """The actor's own that nobody reviewed yet."""
    return visible_to(actor).filter(staff_id=actor.id, reviewed_at__isnull=True)
