"""Reading markings and alerts, limited to what the actor answers for."""

from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.access.highrisk.models import IN_FORCE, OPEN, RiskAlert, RiskMark, State
from shouxin.core.policy import Actor, Permission, Role
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Staff
from shouxin.vault import own_keys


def visible_to(actor: Actor) -> QuerySet[RiskMark]:
    """Fields for all who may read markings; customers of a head's departments, or all for those who oversee."""
    found = RiskMark.objects.select_related("department", "proposed_by", "decided_by").order_by(
        "-proposed_at", "-id"
    )
    if not actor.may(Permission.RISK_MARK_READ):
        return found.none()
    if Role.HEAD in actor.roles and Role.OFFICER not in actor.roles:
        return found.filter(Q(customer_id__isnull=True) | Q(department_id__in=answered_departments(actor)))
    return found


def in_force(actor: Actor) -> QuerySet[RiskMark]:
    return visible_to(actor).filter(state__in=IN_FORCE)


def awaiting(actor: Actor) -> QuerySet[RiskMark]:
    """What `actor` could decide now (待我审批)."""
    if not actor.may(Permission.RISK_MARK_APPROVE):
        return RiskMark.objects.none()
    mine = Staff.objects.filter(person__in=Staff.objects.filter(id=actor.id).values("person")).values("id")
    return visible_to(actor).filter(
        (Q(state=State.PROPOSED) & ~Q(proposed_by_id__in=mine))
        | (Q(state=State.ENDING) & ~Q(end_proposed_by_id__in=mine))
    )


def open_mark(*, customer: UUID | None = None, field: str = "") -> RiskMark | None:
    """The marking of this customer or field that is proposed, in force or about to end."""
    return RiskMark.objects.filter(customer_id=customer, field=field, state__in=OPEN).first()


def is_marked(customer: UUID) -> bool:
    return RiskMark.objects.filter(customer_id=customer, state__in=IN_FORCE).exists()


def fields() -> frozenset[str]:
    """The fields marked for everybody."""
    found = RiskMark.objects.filter(customer_id__isnull=True, state__in=IN_FORCE)
    return frozenset(found.values_list("field", flat=True))


def alerts(actor: Actor) -> QuerySet[RiskAlert]:
    """Alerts for those who answer: the officer all, a head those of the own departments; administrators none."""
    found = RiskAlert.objects.select_related("department", "reader", "officer", "head").order_by("-at", "-id")
    if Role.OFFICER in actor.roles:
        return found
    if Role.HEAD in actor.roles:
        return found.filter(department_id__in=answered_departments(actor))
    return found.none()


def unseen(actor: Actor) -> QuerySet[RiskAlert]:
    """Those that wait for `actor` in particular."""
    waiting = Q(officer__isnull=True) if Role.OFFICER in actor.roles else Q(head__isnull=True)
    return alerts(actor).filter(waiting).exclude(reader_id=actor.id)


def keys_left(mark: RiskMark) -> int:
    """How many data keys of the marked field's storage group are not yet under its own key; 0 is the proof."""
    return own_keys.remaining(storage_group=mark.storage_group)
