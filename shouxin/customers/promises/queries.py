"""Reading needs and promises: the daily list, one customer's, how many wait; the words come through the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Action, Actor, Form, Role
from shouxin.customers.promises import rules
from shouxin.customers.promises.models import Kind, Promise, State
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks

PER_PAGE = 20  # as many rows with trade secrets as a page may show to whoever serves these customers
SHOWS = ("today", "week", "open", "closed")


@dataclass(frozen=True, slots=True)
class Told:
    """One need or promise as a list shows it: the customer's masked name and the words, where they may be seen."""

    row: Promise
    name: str | None
    text: str | None
    standing: str


def of(actor: Actor, *, show: str, team: bool, now: datetime) -> QuerySet[Promise]:
    """The needs and promises on `actor`'s list, or on their team's, the most urgent first."""
    found = Promise.objects.select_related("customer__owner_department", "customer__responsible", "owner")
    found = found.filter(_visible(actor))
    if team and Role.HEAD in actor.roles:
        found = found.filter(customer__owner_department_id__in=list(actor.department_ids))
    else:
        found = found.filter(owner_id=actor.id)
    today = rules.today(now)
    if show == "closed":
        return found.exclude(state=State.OPEN).order_by("-closed_at", "-id")
    limit = {"today": Q(due_on__lte=today), "week": Q(due_on__lte=today + rules.SOON)}.get(show, Q())
    return found.filter(limit, state=State.OPEN).order_by("due_on", "id")


def overdue(actor: Actor, now: datetime) -> int:
    """How many of the actor's own are late."""
    return of(actor, show="today", team=False, now=now).filter(due_on__lt=rules.today(now)).count()


def open_of(customer: UUID) -> list[Promise]:
    """What is open for one customer; the caller has established that the actor may see it."""
    family = merging.family(customer)
    found = Promise.objects.filter(customer_id__in=family, state=State.OPEN).select_related("owner")
    return list(found.order_by("due_on", "id"))


def closed_count(customer: UUID) -> int:
    return Promise.objects.filter(customer_id__in=merging.family(customer)).exclude(state=State.OPEN).count()


def find(actor: Actor, customer: UUID, promise: UUID) -> Promise | None:
    """One of them, or None when it does not exist for this actor."""
    found = Promise.objects.select_related("customer__owner_department", "owner", "closed_by")
    return found.filter(_visible(actor), id=promise, customer_id__in=merging.family(customer)).first()


def _visible(actor: Actor) -> Q:
    """Of customers that exist for `actor`, those merged into them included."""
    seen = registry.visible(actor).order_by().values("id")
    return Q(customer__in=seen) | Q(customer__absorbed_by__in=seen)


def told(*, actor: Actor, purpose: str, rows: Sequence[Promise], now: datetime) -> list[Told]:
    """These rows with the customers' masked names and what was said, in one journalled act.

    Raises:
        Refused: the actor may not work for `purpose` (journalled).
    """
    if not rows:
        return []
    customers = list(dict.fromkeys(row.customer_id for row in rows))
    known = rulebooks["rulebook"].fields()
    wanted = [key for key in ("company_name", "person_name", *rules.FIELD_OF.values()) if key in known]
    opened = gate.open_sealed(
        actor=actor,
        purpose=purpose,
        customers=customers,
        fields=wanted,
        action=Action.VIEW,
        reason="",
        now=now,
        records=[*customers, *(row.record_id for row in rows)],
        detail={"page": "promises"},
    )
    shown = set(opened.permit.customers)
    found = []
    for row in rows:
        name = text = None
        if row.customer_id in shown:
            cells = registry.cells_of(opened.permit, opened.revealed, row.customer, row.customer_id)
            named = cells.get("company_name") or cells.get("person_name")
            name = named.text if named and named.form is not Form.HIDDEN else None
            said = opened.revealed.of(row.customer_id, row.record_id).get(rules.FIELD_OF[Kind(row.kind)])
            text = said.text if said else None
        found.append(Told(row, name, text, rules.standing(row.state, row.due_on, now)))
    return found
