"""Reading relationships: only where both customers may be seen; of the others there is a number and no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Action, Actor
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.customers.registry.queries import CustomerView
from shouxin.customers.relationships.models import Relationship
from shouxin.gate.limits import ZONE

MOST = 50


@dataclass(frozen=True, slots=True)
class Related:
    """A customer's half of a relationship with the other one as the actor sees it."""

    row: Relationship
    other: CustomerView


@dataclass(frozen=True, slots=True)
class Relations:
    shown: Sequence[Related]
    unseen: int


def of(*, actor: Actor, purpose: str, customer: UUID, now: datetime) -> Relations:
    """The relationships of a customer that the actor sees; the others' masked names in one journalled act.

    Raises:
        Refused: the actor may not work for `purpose` (journalled).
    """
    family = merging.family(customer)
    rows = list(standing(now).filter(customer_id__in=family).order_by("kind", "id")[:MOST])
    stands = merging.standing({row.other for row in rows})
    rows = [row for row in rows if stands.get(row.other, row.other) not in family]
    seen = {one.id: one for one in registry.visible(actor).filter(id__in=set(stands.values()))}
    views: dict[UUID, CustomerView] = {}
    if seen:
        shown = registry.masked(
            actor=actor,
            purpose=purpose,
            rows=list(seen.values()),
            action=Action.VIEW,
            now=now,
            digest="relations",
        )
        views = {view.row.id: view for view in shown}
    known = set(Customer.objects.filter(id__in=[row.other for row in rows]).values_list("id", flat=True))
    found, unseen = [], 0
    for row in rows:
        view = views.get(stands.get(row.other, row.other))
        if view:
            found.append(Related(row, view))
        elif row.other in known:
            unseen += 1
    return Relations(found, unseen)


def standing(now: datetime) -> QuerySet[Relationship]:
    """Those that hold today."""
    today = now.astimezone(ZONE).date()
    return Relationship.objects.filter(Q(until__isnull=True) | Q(until__gt=today))


def find(actor: Actor, customer: UUID, relationship: UUID) -> Relationship | None:
    """One half, or None unless both customers exist for this actor."""
    row = Relationship.objects.filter(
        id=relationship, customer_id__in=merging.family(customer), until__isnull=True
    ).first()
    if row is None:
        return None
    other = merging.standing([row.other])[row.other]
    both = {merging.standing([row.customer_id])[row.customer_id], other}
    return row if registry.visible(actor).filter(id__in=both).count() == len(both) else None


def contracts(customer: UUID) -> list[Record]:
    """The contracts of a customer that a guarantee can be for."""
    found = Record.objects.filter(customer_id=customer, kind=RecordKind.CONTRACT, ended_at__isnull=True)
    return list(found.order_by("-id")[:MOST])
