"""Reading consents: what holds, what was shown, when somebody refused."""

import json
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from shouxin.customers.consents import pages, rules
from shouxin.customers.consents.models import Consent, Decision, Refusal, Shown, State
from shouxin.customers.registry import merging
from shouxin.journal.queries import about
from shouxin.people.thresholds import queries as thresholds


def key_of(row: Consent) -> str:
    """The box that a row is about, as pages name it."""
    return f"{row.kind}:{row.item}".rstrip(":")


def standing(customer: UUID) -> QuerySet[Consent]:
    """What holds for a customer, purpose by purpose."""
    found = Consent.objects.filter(customer_id=customer).select_related("decision")
    return found.order_by("purpose", "kind", "item")


def agreed_boxes(customer: UUID, shown: str, now: datetime) -> frozenset[str]:
    """The boxes of a page that need not be asked about again: agreed to, for now, on this very page, on the same one in
    another language, or in writing."""
    row = Shown.objects.select_related("notice_version").filter(sha256=shown).first()
    if row is None:
        return frozenset()
    page = pages.again(row)
    written = {box.key for box in page.boxes if box.written}
    live = _live(customer, page.purpose, now).select_related("decision__shown__notice_version")
    return frozenset(
        key for one in live if (key := key_of(one)) in written or _told_alike(one.decision.shown, row)
    )


def live_boxes(customer: UUID, purpose: str, now: datetime) -> frozenset[str]:
    """The boxes agreed to now, on whichever page that was."""
    return frozenset(key_of(one) for one in _live(customer, purpose, now))


def _live(customer: UUID, purpose: str, now: datetime) -> QuerySet[Consent]:
    return standing(customer).filter(purpose=purpose, state=State.GIVEN).exclude(until__lte=now)


def _told_alike(agreed: Shown, now_shown: Shown) -> bool:
    """Whether two pages tell the same: one page, or the same version of a notice with the same boxes, in two languages.

    Whoever agreed in Chinese and reads English would otherwise take everything back by saving what looks untouched.
    """
    if agreed.sha256 == now_shown.sha256:
        return True
    then, today = agreed.notice_version, now_shown.notice_version
    if (then.notice_id, then.number) != (today.notice_id, today.number) or then.language == today.language:
        return False
    return bool(json.loads(agreed.content)["boxes"] == json.loads(now_shown.content)["boxes"])


def asked_until(now: datetime) -> datetime:
    """Of what ends until then people may be asked whether to go on."""
    return now + timedelta(days=thresholds.value(rules.ASK_ON))


def ending_boxes(customer: UUID, purpose: str, now: datetime) -> Mapping[str, datetime]:
    """The boxes agreed to that end soon, each with its end: the person may be asked whether to go on."""
    soon = asked_until(now)
    rows = standing(customer).filter(purpose=purpose, state=State.GIVEN, until__gt=now, until__lte=soon)
    return {key_of(row): row.until for row in rows if row.until}


def decisions(customer: UUID) -> QuerySet[Decision]:
    """Everything the person ever decided, latest first, of whoever was merged into them too."""
    found = Decision.objects.filter(customer_id__in=merging.family(customer)).select_related("shown")
    return found.order_by("-at", "purpose", "kind", "item")


def refusals(customer: UUID) -> QuerySet[Refusal]:
    """The purposes the person refuses now."""
    return Refusal.objects.filter(customer_id=customer, lifted_at__isnull=True).order_by("purpose")


def closed_boxes(customer: UUID, purpose: str, now: datetime) -> Mapping[str, datetime]:
    """The boxes of a purpose that the person is not to be asked about, each until when: they said no to it, or took it
    back. A box that stands here says nothing of another; without the purpose itself there is nothing to ask."""
    family = merging.family(customer)
    rows = Consent.objects.filter(customer_id__in=family, purpose=purpose).select_related("decision")
    said = {key_of(row): row for row in rows.order_by("since")}  # of several who are one, the last word
    days = thresholds.value(rules.ASK_AGAIN)
    found = {
        key: (until, row.decision.entry)
        for key, row in said.items()
        if row.state != State.GIVEN and (until := rules.ask_again_at(row.since, days)) > now
    }
    lapsed = _lapsed(family) if found.keys() - {rules.GENERAL} else frozenset()
    return {key: until for key, (until, entry) in found.items() if entry not in lapsed}


def _lapsed(family: Collection[UUID]) -> frozenset[UUID]:
    """The entries by which consents ended although nobody said no: their purpose asked for them no longer."""
    return frozenset(line.id for line in about(family, beginning=("consent.lapsed",), limit=200))


def closed_until(customer: UUID, purpose: str, now: datetime) -> datetime | None:
    """Until when the person is not to be asked about the purpose at all; None if they may be."""
    return closed_boxes(customer, purpose, now).get(rules.GENERAL)


def consenting(purpose: str, customers: Collection[UUID], now: datetime) -> dict[UUID, UUID]:
    """Who of `customers` agrees to the purpose now, with the decision that says so."""
    found = Consent.objects.filter(
        purpose=purpose, kind=rules.GENERAL, state=State.GIVEN, customer_id__in=list(customers)
    )
    return {row.customer_id: row.decision_id for row in found if row.until is None or row.until > now}
