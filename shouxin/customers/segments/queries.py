"""Reading segments: numbers within what the actor sees, and the members as a masked list like any other."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from shouxin.core.policy import Action, Actor
from shouxin.customers.consents.models import Refusal
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.listing import SORTS
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import Page
from shouxin.customers.segments import rules
from shouxin.customers.segments.models import Frequency, Recency, Run, Segment, Stage, Value
from shouxin.kit.lists import Place, window
from shouxin.people.leaving.rules import LIST_ROWS

CLASSES = {"stage": Stage, "value": Value, "recency": Recency, "frequency": Frequency}


def last_run() -> Run | None:
    return Run.objects.filter(ended_at__isnull=False).order_by("-began_at").first()


def counts(actor: Actor) -> dict[str, dict[str, int | None]]:
    """For each of the four, how many the actor sees in each class; None where the group is too small to be told."""
    mine = Segment.objects.filter(customer__in=registry.visible(actor).order_by().values("id"))
    return {
        name: rules.told(dict(mine.values_list(name).annotate(n=Count("id")).order_by()), choices.values)
        for name, choices in CLASSES.items()
    }


def members(actor: Actor, chosen: Mapping[str, str]) -> QuerySet[Customer]:
    """The customers that the actor sees in these classes; none where they are too few to be a group."""
    wanted = {f"classes__{name}": value for name, value in chosen.items() if value}
    found = registry.visible(actor).filter(classes__isnull=False, **wanted)
    return found if found[: rules.SMALLEST].count() >= rules.SMALLEST else Customer.objects.none()


def page(*, actor: Actor, purpose: str, chosen: Mapping[str, str], place: Place, now: datetime) -> Page:
    """One masked page of the members, counted and journalled like every list.

    Raises:
        Refused: the actor may not work for `purpose`, or has seen today's rows.
    """
    cut = registry.is_cut(actor)
    found = window(members(actor, chosen), SORTS[0], Place(size=LIST_ROWS) if cut else place)
    views, gone = registry.listed(
        actor=actor, purpose=purpose, rows=found.rows, action=Action.VIEW, now=now, digest="segments"
    )
    if cut:
        return Page(views, cut=True, left_out=gone)
    return Page(views, found.following, found.preceding, left_out=gone)


def of(customer: UUID) -> tuple[Segment | None, Refusal | None]:
    """A customer's classes and objection; the caller has established that the actor may see it."""
    family = merging.family(customer)
    return (
        Segment.objects.filter(customer_id=customer).first(),
        Refusal.objects.filter(customer_id__in=family, purpose=rules.PURPOSE, lifted_at__isnull=True).first(),
    )
