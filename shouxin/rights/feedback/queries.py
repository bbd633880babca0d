"""Reading feedback, limited to whose it is to answer."""

import hmac
from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.customers.registry import merging
from shouxin.customers.registry.models import Customer
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Staff
from shouxin.rights.cases.queries import digest_of
from shouxin.rights.cases.rules import local
from shouxin.rights.feedback.models import Category, Feedback, State

SHOWS = ("mine", "late", "answered", "all")


def visible_to(actor: Actor) -> QuerySet[Feedback]:
    """Officers see all, heads their departments', supervisors what is late, everybody else what is theirs to answer."""
    found = Feedback.objects.select_related("owner", "department", "answered_by")
    if actor.kind is ActorKind.CUSTOMER:
        return found.filter(customer_id__in=merging.family(actor.id))
    if not actor.may(Permission.RIGHTS_CASE_READ):
        return found.none()
    if Role.OFFICER in actor.roles:
        return found
    mine = Q(owner_id=actor.id)
    if Role.HEAD in actor.roles:
        mine |= Q(department_id__in=answered_departments(actor))
    if Role.SUPERVISOR in actor.roles:
        mine |= Q(escalated_at__isnull=False)
    return found.filter(mine)


def narrowed(found: QuerySet[Feedback], actor: Actor, show: str, now: datetime) -> QuerySet[Feedback]:
    """One of the lists that counters count."""
    waits = found.filter(state=State.OPEN)
    ways = {
        "mine": waits.filter(owner_id=actor.id),
        "late": waits.filter(due_on__lt=local(now)),
        "answered": found.filter(state=State.ANSWERED),
        "all": found,
    }
    return ways.get(show, waits)


def mine(actor: Actor) -> QuerySet[Feedback]:
    found = visible_to(actor).filter(state=State.OPEN, owner_id=actor.id)
    return found.order_by("due_on", "id")


def late(actor: Actor, now: datetime) -> QuerySet[Feedback]:
    """What is over its day, for those who stand above whoever should have answered; the supervisors see all of it,
    since nobody else stands above an officer."""
    if not actor.may(Permission.RIGHTS_CASE_DECIDE) and Role.SUPERVISOR not in actor.roles:
        return Feedback.objects.none()
    return narrowed(visible_to(actor), actor, "late", now).order_by("due_on", "id")


def by_code(number: str, code: str) -> Feedback | None:
    """The item of this number when the code is its own; a wrong number takes as long as a wrong code."""
    row = Feedback.objects.filter(number=number.strip().upper()).first()
    known = bytes(row.code_digest) if row else bytes(32)
    said = digest_of(row.id if row else UUID(int=0), code)
    return row if hmac.compare_digest(known, said) and row else None


def able(but: UUID | None = None) -> QuerySet[Staff]:
    """Whoever may answer, but for one who is leaving."""
    roles = [Role.OFFICER.value, Role.HEAD.value, Role.CLERK.value]
    found = Staff.objects.filter(is_active=True, department__isnull=False, roles__overlap=roles)
    return found.exclude(id=but) if but else found


def owner_for(category: str, customer: Customer | None, *, but: UUID | None = None) -> Staff | None:
    """Who answers first: the officer where information is concerned, else whoever looks after the customer, else the
    head of their department, of the whole organisation, the officer, anybody; None where nobody could."""
    return next((one for one in _candidates(category, customer, but) if one is not None), None)


def _candidates(category: str, customer: Customer | None, but: UUID | None) -> Iterator[Staff | None]:
    officers = able(but).filter(roles__contains=[Role.OFFICER.value]).order_by("id")
    heads = able(but).filter(roles__contains=[Role.HEAD.value]).order_by("id")
    if category == Category.PRIVACY:
        yield officers.first()
    if customer is not None:
        if customer.responsible_id is not None:
            yield able(but).filter(id=customer.responsible_id).first()
        yield heads.filter(department_id=customer.owner_department_id).first()
    yield heads.filter(department__parent=None).first()
    yield officers.first()
    yield able(but).order_by("id").first()
