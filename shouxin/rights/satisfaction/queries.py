"""Contacts that a customer may score, and scores in numbers for those who answer for a department."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from shouxin.core.policy import Actor, ActorKind, Permission, Role
from shouxin.customers.registry import merging
from shouxin.gate.models import Contact
from shouxin.people.delegations.queries import answered_departments
from shouxin.people.models import Department
from shouxin.people.thresholds.queries import value
from shouxin.rights.cases.models import Case
from shouxin.rights.cases.rules import local
from shouxin.rights.satisfaction import rules
from shouxin.rights.satisfaction.models import ContactScore

# Only what the person was there for themselves: that somebody looked into their file is told elsewhere.
PRESENT = frozenset({"customer_called", "order", "delivery", "after_sales", "payment", "follow_up"})
MONTHS = 6


@dataclass(frozen=True, slots=True)
class Served:
    """One contact of a customer, without who it was."""

    id: UUID
    at: datetime
    department: Department | None


def contacts_of(actor: Actor, now: datetime) -> list[Served]:
    """What a person may score now: their own contacts of the last weeks that are over, one of a day and department."""
    if actor.kind is not ActorKind.CUSTOMER:
        return []
    rows = Contact.objects.filter(
        customer_id__in=merging.family(actor.id),
        reason_class__in=PRESENT,
        ends_at__lte=now,
        opened_at__gt=now - rules.RATED_WITHIN,
    ).select_related("staff__department")
    scored = ContactScore.objects.filter(customer_id__in=merging.family(actor.id))
    done = set(scored.values_list("contact_id", flat=True))
    found: dict[tuple[date, UUID | None], Served] = {}
    over: set[tuple[date, UUID | None]] = set()
    for row in rows.order_by("-opened_at"):
        place = (local(row.opened_at), row.staff.department_id)
        if row.id in done:
            over.add(place)
        found.setdefault(place, Served(row.id, row.opened_at, row.staff.department))
    return [one for place, one in found.items() if place not in over]


@dataclass(frozen=True, slots=True)
class Line:
    """A month of one department (None: of the whole organisation); no numbers where they are withheld."""

    department: Department | None
    count: int | None
    average: float | None
    low: int | None


def months(actor: Actor, now: datetime) -> list[tuple[date, Sequence[Line]]]:
    """Scores by month and department, the latest month first; what is too small to be shown is marked as withheld.

    What is withheld is decided over all departments, whichever of them the reader may see.
    """
    actor.require(Permission.RIGHTS_CASE_READ)
    least, seen = value(rules.LEAST), _seen(actor)
    names = {one.id: one for one in Department.objects.all()}
    found: list[tuple[date, Sequence[Line]]] = []
    for month, groups in sorted(_scores(now).items(), reverse=True):
        sizes = {key: len(scores) for key, scores in groups.items()}
        hidden = rules.withheld(sizes, least)
        lines = [
            _line(names.get(key), groups[key], shown=key not in hidden)
            for key in sorted(groups, key=lambda one: names[one].name if one in names else "")
            if key is not None and (seen is None or key in seen)
        ]
        if seen is None:
            whole = [score for scores in groups.values() for score in scores]
            lines.append(_line(None, whole, shown=rules.tells_total(sizes, least)))
        if lines:
            found.append((month, lines))
    return found


def remarked(actor: Actor) -> QuerySet[ContactScore]:
    """The latest remarks about being served, of departments that the reader answers for."""
    actor.require(Permission.RIGHTS_CASE_READ)
    found = ContactScore.objects.filter(remark__isnull=False).select_related("department")
    seen = _seen(actor)
    return (found if seen is None else found.filter(department_id__in=seen)).order_by("-at", "-id")


def _line(department: Department | None, scores: Sequence[int], *, shown: bool) -> Line:
    if not shown:
        return Line(department, None, None, None)
    low = sum(one <= 2 for one in scores)  # noqa: PLR2004 - as cases.rules.LOW
    return Line(department, len(scores), sum(scores) / len(scores), low)


def _scores(now: datetime) -> Mapping[date, Mapping[UUID | None, list[int]]]:
    since = (local(now).replace(day=1) - timedelta(days=31 * (MONTHS - 1))).replace(day=1)
    found: dict[date, dict[UUID | None, list[int]]] = defaultdict(lambda: defaultdict(list))
    # Of a complaint it is the accused department's, else of whoever answered where they worked then: the customer's
    # own department may have had no part in it.
    rated = Case.objects.filter(score__isnull=False, rated_at__isnull=False).annotate(
        of=Coalesce("accused_id", "answered_in_id", "department_id")
    )
    served = ContactScore.objects.all()
    for rows in (
        rated.values_list("rated_at", "of", "score"),
        served.values_list("at", "department_id", "score"),
    ):
        for at, department, given in rows:
            if at is not None and given is not None and local(at) >= since:
                found[local(at).replace(day=1)][department].append(given)
    return found


def _seen(actor: Actor) -> frozenset[UUID] | None:
    """The departments whose scores somebody sees; None for all."""
    if actor.roles & {Role.OFFICER, Role.SUPERVISOR}:
        return None
    return answered_departments(actor)
