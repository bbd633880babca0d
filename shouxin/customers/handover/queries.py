"""Reading hand-overs: whose customers wait, and which are offered to me."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from shouxin.core.policy import Actor, Permission, Role
from shouxin.customers.handover.models import OPEN, Handover, HandoverState
from shouxin.customers.registry.models import Customer
from shouxin.kit.workbench import LINES, MOST, Tally
from shouxin.people.leaving import queries as leaving
from shouxin.people.models import Department, Departure, Staff


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody whose customers are to be handed over, and how far that has come."""

    staff: Staff
    departing: bool
    waiting: int
    proposed: int
    accepted: int


def _mine(actor: Actor) -> QuerySet[Customer]:
    """The customers whose hand-over `actor` may propose: of the departments they head."""
    if not actor.may(Permission.CUSTOMERS_HANDOVER_PROPOSE) or Role.HEAD not in actor.roles:
        return Customer.objects.none()
    return Customer.objects.filter(
        owner_department_id__in=list(actor.department_ids), absorbed_by__isnull=True
    )


def to_hand_over(actor: Actor, leaver: UUID) -> QuerySet[Customer]:
    """The customers of `leaver` that nobody was proposed for yet: still theirs, or left behind by them."""
    offered = Handover.objects.filter(state=HandoverState.PROPOSED).values("customer_id")
    left = Handover.objects.filter(leaver_id=leaver, state=HandoverState.WAITING).values("customer_id")
    found = _mine(actor).filter(Q(responsible_id=leaver) | Q(id__in=left))
    return found.exclude(id__in=offered).select_related("owner_department", "responsible").order_by("-id")


def proposed(actor: Actor, leaver: UUID) -> QuerySet[Handover]:
    """What was proposed of `leaver` and waits for the successor."""
    found = Handover.objects.filter(leaver_id=leaver, state=HandoverState.PROPOSED, customer__in=_mine(actor))
    return found.select_related("successor", "customer").order_by("successor__display_name", "-id")


def leaving_staff(actor: Actor, *, waiting: bool = False) -> QuerySet[Staff]:
    """Whoever is announced to leave with customers of `actor`'s departments, or left some behind; if only `waiting`,
    those with customers that nobody was proposed for yet."""
    mine = _mine(actor)
    behind = Handover.objects.filter(leaver_id=OuterRef("pk"), customer__in=mine)
    if waiting:
        behind = behind.filter(state=HandoverState.WAITING)
    announced = leaving.visible(actor).filter(leaving.OPEN).values("staff_id")
    still = _still(mine).filter(responsible_id=OuterRef("pk"))
    found = Staff.objects.filter(Exists(behind) | (Q(id__in=announced) & Exists(still)))
    return found.select_related("department").order_by("display_name", "id")


def _still(mine: QuerySet[Customer]) -> QuerySet[Customer]:
    """Of these customers those that nobody hands over yet."""
    return mine.exclude(id__in=Handover.objects.filter(state__in=OPEN).values("customer_id"))


def how_far(actor: Actor, staff: Sequence[Staff]) -> list[Leaver]:
    """How far handing over their customers has come, in the order given; these people alone are counted for."""
    mine, wanted = _mine(actor), [one.id for one in staff]
    counts = {
        row["leaver"]: row
        for row in Handover.objects.filter(customer__in=mine, leaver_id__in=wanted)
        .values("leaver")
        .annotate(
            waiting=Count("id", filter=Q(state=HandoverState.WAITING)),
            proposed=Count("id", filter=Q(state=HandoverState.PROPOSED)),
            accepted=Count("id", filter=Q(state=HandoverState.ACCEPTED)),
        )
    }
    open_ones = leaving.visible(actor).filter(leaving.OPEN, staff_id__in=wanted)
    announced = set(open_ones.values_list("staff_id", flat=True))
    held = _still(mine).filter(responsible_id__in=announced).order_by()
    still = dict(held.values_list("responsible_id").annotate(count=Count("id")))
    none = {"waiting": 0, "proposed": 0, "accepted": 0}
    found = []
    for one in staff:
        row = counts.get(one.id, none)
        waits = row["waiting"] + still.get(one.id, 0)
        found.append(Leaver(one, one.id in announced, waits, row["proposed"], row["accepted"]))
    return found


def unassigned(actor: Actor) -> Tally:
    """Those with customers that nobody was proposed for yet, for the workbench."""
    found = leaving_staff(actor, waiting=True)
    number = found.order_by()[: MOST + 1].count()
    return Tally(number, lambda: how_far(actor, list(found[:LINES])))


def leaver(actor: Actor, staff_id: UUID) -> Leaver | None:
    """One of them, or None."""
    return next(iter(how_far(actor, list(leaving_staff(actor).filter(id=staff_id)))), None)


def successors(actor: Actor, customers: QuerySet[Customer], leaver_id: UUID) -> list[Staff]:
    """Who may take these customers over: works with customers in their department, stays, and proposes nothing."""
    places = set(customers.order_by().values_list("owner_department_id", flat=True).distinct())
    apart = Staff.objects.filter(id__in=[actor.id, leaver_id]).values("person")
    found = Staff.objects.filter(
        is_active=True,
        department_id__in=places,
        roles__overlap=[Role.CLERK.value, Role.HEAD.value],
    ).exclude(person__in=apart)
    gone = Departure.objects.filter(leaving.OPEN).values("staff_id")
    return list(found.exclude(id__in=gone).select_related("department").order_by("display_name"))


def incoming(actor: Actor) -> QuerySet[Handover]:
    """What is offered to `actor`."""
    if not actor.may(Permission.CUSTOMERS_HANDOVER_ACCEPT):
        return Handover.objects.none()
    found = Handover.objects.filter(
        successor_id=actor.id, state=HandoverState.PROPOSED, customer__absorbed_by__isnull=True
    )
    return found.select_related("customer__owner_department", "leaver", "proposed_by").order_by("-id")


def head_for(department: UUID, *, but: UUID) -> UUID | None:
    """Who answers for a department's customers when their responsible person goes: its head, or the next one above."""
    known = dict(Department.objects.values_list("id", "parent_id"))
    heads = dict(
        Department.objects.filter(head__is_active=True).exclude(head_id=but).values_list("id", "head_id")
    )
    here: UUID | None = department
    while here is not None and here not in heads:
        here = known.get(here)
    return heads.get(here) if here is not None else None


def names(ids: Sequence[UUID]) -> dict[UUID, str]:
    """Names of staff by id."""
    return dict(Staff.objects.filter(id__in=ids).values_list("id", "display_name"))
