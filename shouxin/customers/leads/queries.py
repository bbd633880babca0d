"""Reading leads: the list within what the actor sees, one customer's, and who may not be called."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Action, Actor
from shouxin.customers.consents import queries as consents
from shouxin.customers.leads import rules
from shouxin.customers.leads.models import Lead, LeadState
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record, RecordKind
from shouxin.customers.registry.queries import Page
from shouxin.kit.lists import Place, Sort, window
from shouxin.people.leaving.rules import LIST_ROWS

DEALINGS = (RecordKind.ORDER, RecordKind.CONTRACT)
SHOWN = ("", "ending", "no_permission")


def leads(actor: Actor, *, show: str, now: datetime) -> QuerySet[Customer]:
    """The customers whom the actor sees and who are leads, the soonest to be destroyed first."""
    found = registry.visible(actor).filter(lead__state=LeadState.OPEN)
    if show == "ending":
        found = found.filter(lead__expires_at__lte=now + rules.ENDING)
    if show == "no_permission":
        found = found.filter(lead__permission="none")
    return found.select_related("lead")


def page(*, actor: Actor, purpose: str, show: str, sort: Sort, place: Place, now: datetime) -> Page:
    """One masked page of them, counted and journalled like every list.

    Raises:
        Refused: the actor may not work for `purpose`, or has seen today's rows.
    """
    cut = registry.is_cut(actor)
    found = window(leads(actor, show=show, now=now), sort, Place(size=LIST_ROWS) if cut else place)
    views, gone = registry.listed(
        actor=actor, purpose=purpose, rows=found.rows, action=Action.VIEW, now=now, digest="leads"
    )
    if cut:
        return Page(views, cut=True, left_out=gone)
    return Page(views, found.following, found.preceding, left_out=gone)


def has_dealings(customer: UUID) -> bool:
    """Whether there are orders or contracts: then it is a customer."""
    return Record.objects.filter(customer_id=customer, kind__in=DEALINGS).exists()


def of(customer: UUID) -> Lead | None:
    """What a customer is as a lead; the caller has established that the actor may see it."""
    return Lead.objects.filter(customer_id=customer).first()


def by_customer(customers: Collection[UUID]) -> Mapping[UUID, Lead]:
    return {one.customer_id: one for one in Lead.objects.filter(customer_id__in=customers)}


def obstacles(customers: Collection[UUID], purpose: str, now: datetime) -> dict[UUID, str]:
    """Those who are leads and may not be called or written to for `purpose` now, with why (a code)."""
    rows = by_customer(customers)
    agreed = consents.consenting(purpose, list(rows), now) if rows else {}
    found = {
        customer: rules.obstacle(
            state=row.state,
            permission=row.permission,
            expires_at=row.expires_at,
            own=row.purpose == purpose,
            agreed=customer in agreed,
            now=now,
        )
        for customer, row in rows.items()
    }
    return {customer: code for customer, code in found.items() if code}
