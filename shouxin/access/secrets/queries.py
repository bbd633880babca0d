"""Reading the register of names; the gate asks it whether somebody may see trade secrets in bulk."""

from datetime import datetime

from django.db.models import Max, QuerySet

from shouxin.access.secrets.models import EntryState, SecretReader
from shouxin.core.policy import Actor, Permission, Role
from shouxin.gate import limits
from shouxin.people import queries as people
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Department

WIDE = frozenset({Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})


def in_force(now: datetime) -> QuerySet[SecretReader]:
    return SecretReader.objects.filter(state=EntryState.ACTIVE, until__gt=now)


def rows_of(actor: Actor, now: datetime) -> int:
    """How many rows with trade secrets `actor` may see a day: by a role they hold in their own department."""
    if actor.department_id is None:
        return 0
    mine = in_force(now).filter(
        department_id=actor.department_id, role__in=[role.value for role in actor.roles]
    )
    most: int | None = mine.aggregate(most=Max("daily_rows"))["most"]
    return most or 0


def visible_to(actor: Actor) -> QuerySet[SecretReader]:
    """The entries of one's departments; all for those who oversee."""
    actor.require(Permission.ACCESS_NAMED_READ)
    found = SecretReader.objects.select_related("department", "asked_by", "decided_by")
    if actor.roles & WIDE:
        return found
    return found.filter(department_id__in=answered_departments(actor))


def awaiting(actor: Actor) -> QuerySet[SecretReader]:
    """What `actor` could decide now: asked for by other people."""
    if not actor.may(Permission.ACCESS_NAMED_APPROVE):
        return SecretReader.objects.none()
    waiting = visible_to(actor).filter(state=EntryState.PENDING)
    return waiting.exclude(asked_by__person__in=people.person_of(actor))


def may_end(actor: Actor, entry: SecretReader) -> bool:
    """The department's head, the officer or the security administrator."""
    oversees = bool(actor.roles & {Role.OFFICER, Role.SECURITY_ADMIN})
    return oversees or entry.department_id in answered_departments(actor)


def departments_for(actor: Actor) -> list[tuple[str, str]]:
    """The departments `actor` may name a role of, as (id, name)."""
    found = Department.objects.filter(is_active=True).order_by("name")
    if Role.SECURITY_ADMIN not in actor.roles:
        found = found.filter(id__in=answered_departments(actor))
    return [(str(key), name) for key, name in found.values_list("id", "name")]


limits.named.register("register of names", rows_of)
