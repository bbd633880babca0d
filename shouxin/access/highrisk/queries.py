"""Reading markings and alerts, limited to what the actor answers for."""

from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.access.highrisk.models import IN_FORCE, OPEN, RiskAlert, RiskMark, State
from shouxin.core.policy import Actor, Permission, Role
from shouxin.people.delegations.queries import Standing, answered_departments, decidable, standing
from shouxin.people.models import Staff
from shouxin.vault import own_keys


def visible_to(actor: Actor) -> QuerySet[RiskMark]:
    """Fields for all who may read markings; customers of a head's departments, or all for those who oversee."""
    found = RiskMark.objects.select_related(
        "department", "proposed_by", "decided_by", "end_proposed_by", "ended_by"
    ).order_by("-proposed_at", "-id")
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
    mine = Staff.objects.filter(id=actor.id).values("person")
    found = Q(pk__in=[])
    for state, asked_by in ((State.PROPOSED, "proposed_by"), (State.ENDING, "end_proposed_by")):
        asked = Q(state=state) & ~Q(**{f"{asked_by}__person__in": mine})
        if Role.OFFICER not in actor.roles:
            theirs = decidable(actor, department="department_id", person=f"{asked_by}__person")
            asked &= Q(customer_id__isnull=True) | theirs
        found |= asked
    return visible_to(actor).filter(found)


def asked_by(actor: Actor) -> QuerySet[RiskMark]:
    """What `actor` asked for and nobody decided on yet (我的申请)."""
    asked = Q(state=State.PROPOSED, proposed_by_id=actor.id) | Q(
        state=State.ENDING, end_proposed_by_id=actor.id
    )
    return visible_to(actor).filter(asked)


def asks_for(actor: Actor, department: UUID | None) -> bool:
    """The officer, or a head of their own: who stands in for a head decides in their stead, and asks nothing."""
    return Role.OFFICER in actor.roles or (Role.HEAD in actor.roles and department in actor.department_ids)


def deciding(actor: Actor, mark: RiskMark, asked_by: Staff) -> Standing | None:
    """On whose strength `actor` decides what `asked_by` wants; a deputy does not for the head they stand in for.

    A field concerns everybody who may decide at all; a customer the officer and the department's head.
    """
    if mark.customer_id is None or Role.OFFICER in actor.roles:
        return Standing(None)
    return standing(actor=actor, department_id=mark.department_id, about={asked_by.person})


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
    if Role.OFFICER in actor.roles:
        mine = Staff.objects.filter(id=actor.id).values("person")
        return alerts(actor).filter(officer__isnull=True).exclude(reader__person__in=mine)
    theirs = decidable(actor, department="department_id", person="reader__person")
    return alerts(actor).filter(theirs, head__isnull=True)


def keys_left(mark: RiskMark) -> int:
    """How many data keys of the marked field's storage group are not yet under its own key; 0 is the proof."""
    return own_keys.remaining(storage_group=mark.storage_group)
