"""Reading consents: what holds, what was shown, when somebody refused."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from shouxin.customers.consents import pages, rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, Shown, State
from shouxin.customers.registry import merging
from shouxin.people.thresholds import queries as thresholds


def standing(customer: UUID) -> QuerySet[Consent]:
    """What holds for a customer, purpose by purpose."""
    found = Consent.objects.filter(customer_id=customer).select_related("decision")
    return found.order_by("purpose", "kind", "item")


def agreed_boxes(customer: UUID, shown: str, now: datetime) -> frozenset[str]:
    """The boxes of a page that need not be asked about again: agreed to, for now, on this very page or in writing."""
    row = Shown.objects.filter(sha256=shown).first()
    if row is None:
        return frozenset()
    page = pages.again(row)
    written = {box.key for box in page.boxes if box.written}
    live = standing(customer).filter(purpose=page.purpose, state=State.GIVEN).exclude(until__lte=now)
    return frozenset(
        key
        for one in live
        if (key := f"{one.kind}:{one.item}".rstrip(":")) in written or one.decision.shown_id == shown
    )


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
