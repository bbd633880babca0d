"""Reading consents: what holds, what was shown, when somebody refused."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from shouxin.customers.consents import rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, State
from shouxin.customers.registry import merging
from shouxin.people.thresholds import queries as thresholds


def standing(customer: UUID) -> QuerySet[Consent]:
    """What holds for a customer, purpose by purpose."""
    found = Consent.objects.filter(customer_id=customer).select_related("decision")
    return found.order_by("purpose", "kind", "item")


def decisions(customer: UUID) -> QuerySet[Decision]:
    """Everything the person ever decided, latest first, of whoever was merged into them too."""
    found = Decision.objects.filter(customer_id__in=merging.family(customer)).select_related("shown")
    return found.order_by("-at", "purpose", "kind", "item")


def refusals(customer: UUID) -> QuerySet[Refusal]:
    """The purposes the person refuses now."""
    return Refusal.objects.filter(customer_id=customer, lifted_at__isnull=True).order_by("purpose")


def refused_at(customer: UUID, purpose: str) -> datetime | None:
    """When the person last said no to the purpose itself; None when they did not, or said yes since."""
    row = (
        Consent.objects.filter(customer_id__in=merging.family(customer), purpose=purpose, kind=rules.GENERAL)
        .order_by("-since")
        .first()
    )
    return row.since if row is not None and row.state != State.GIVEN else None


def closed_until(customer: UUID, purpose: str, now: datetime) -> datetime | None:
    """Until when the person is not to be asked, because they refused or withdrew; None if they may be."""
    refused = refused_at(customer, purpose)
    if refused is None:
        return None
    until = rules.ask_again_at(refused, thresholds.value(rules.ASK_AGAIN))
    return until if until and until > now else None


def consenting(purpose: str, customers: Collection[UUID], now: datetime) -> dict[UUID, UUID]:
    """Who of `customers` agrees to the purpose now, with the decision that says so."""
    found = Consent.objects.filter(
        purpose=purpose, kind=rules.GENERAL, state=State.GIVEN, customer_id__in=list(customers)
    )
    return {row.customer_id: row.decision_id for row in found if row.until is None or row.until > now}
