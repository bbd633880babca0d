"""Reading duties: everybody may know who answers for what; who changes them is decided in services."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.kit import clock
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.duties.models import Duty
from shouxin.people.models import Department, Staff
from shouxin.people.tree import subtree

SHOWN = 20


def in_force(now: datetime | None = None) -> QuerySet[Duty]:
    """The duties that are held now."""
    at = now or clock.now()
    return Duty.objects.filter(Q(until__isnull=True) | Q(until__gt=at), ended_at__isnull=True).select_related(
        "department", "holder", "holder__department", "deputy"
    )


def held_by(staff: Staff) -> list[Duty]:
    """The duties for which `staff` is the holder and nobody has taken over."""
    return list(in_force().filter(holder=staff).order_by("department__name", "step"))


def deputised(staff_id: UUID) -> QuerySet[Duty]:
    """The duties in which somebody is the deputy."""
    return in_force().filter(deputy_id=staff_id)


def visible(actor: Actor, duty_id: UUID) -> Duty | None:
    """One duty, held now or before, of a department whose duties `actor` may look at."""
    found = Duty.objects.filter(id=duty_id, department__in=visible_departments(actor))
    return found.select_related(
        "department", "holder__department", "deputy", "appointed_by", "ended_by"
    ).first()


def of_step(duty: Duty) -> list[Duty]:
    """Who else held the same step of the same department, the latest first."""
    same = Duty.objects.filter(department_id=duty.department_id, step=duty.step).exclude(id=duty.id)
    return list(same.select_related("holder", "deputy")[:SHOWN])


def is_vacant(duty: Duty) -> bool:
    """Whether its holder moved away and nobody has taken it over since."""
    return any(one.id == duty.id for one in vacant([duty.department_id]))


def vacant(departments: Collection[UUID] | None = None) -> list[Duty]:
    """The duties that ended when their holder moved, and that nobody has taken over since."""
    latest = Duty.objects.order_by("department_id", "step", "-since", "-id").distinct("department_id", "step")
    if departments is not None:
        latest = latest.filter(department_id__in=departments)
    found = Duty.objects.filter(id__in=latest.values("id"), vacated=True, department__is_active=True)
    return list(found.select_related("department", "holder").order_by("department__name", "step"))


def vacant_for(actor: Actor) -> list[Duty]:
    """Those of them that are the actor's to give anew."""
    return [duty for duty in vacant() if may_appoint(actor=actor, department_id=duty.department_id)]


def without_holder(actor: Actor) -> list[tuple[Department, list[Duty]]]:
    """The departments with duties that are the actor's to give anew, and which these are."""
    found: dict[UUID, tuple[Department, list[Duty]]] = {}
    for duty in vacant_for(actor):
        found.setdefault(duty.department_id, (duty.department, []))[1].append(duty)
    return list(found.values())


def may_appoint(*, actor: Actor, department_id: UUID) -> bool:
    """The officer for every department, a head for those they answer for."""
    if not actor.may(Permission.PEOPLE_DUTY_APPOINT):
        return False
    return Role.OFFICER in actor.roles or department_id in answered_departments(actor)


def visible_departments(actor: Actor) -> QuerySet[Department]:
    """The departments whose duties `actor` may look at: all for who oversees, else the own ones."""
    actor.require(Permission.PEOPLE_DUTY_READ)
    found = Department.objects.filter(is_active=True).order_by("name")
    if actor.roles - {Role.CLERK, Role.HEAD}:
        return found
    return found.filter(id__in=actor.department_ids | answered_departments(actor))


def may_hold(*, holder: Staff, department_id: UUID) -> bool:
    """Whether somebody can answer for a step there: at work, in the department or in one above it."""
    if not holder.is_active or holder.department_id is None or not holder.roles:
        return False
    return department_id in subtree(holder.department_id)


def candidates(department_id: UUID) -> list[tuple[str, str]]:
    """Those who could hold a duty of the department, as (id, name and department), nearest first."""
    above = [department_id, *_above(department_id)]
    found = Staff.objects.filter(is_active=True, department_id__in=above).exclude(roles=[])
    rows = found.order_by("display_name").values_list(
        "id", "display_name", "user_name", "department_id", "department__name"
    )
    near = sorted(rows, key=lambda row: above.index(row[3]) if row[3] else len(above))
    return [(str(key), f"{name}（{user}）· {place}") for key, name, user, _, place in near]


def _above(department_id: UUID) -> list[UUID]:
    parents = dict(Department.objects.values_list("id", "parent_id"))
    found: list[UUID] = []
    at = parents.get(department_id)
    while at is not None and at not in found:
        found.append(at)
        at = parents.get(at)
    return found
