"""With whom the customer's information was shared or may be, read from the records there are; never from free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from shouxin.core.policy import Actor
from shouxin.customers.consents.models import Consent, State
from shouxin.customers.consents.models import Kind as ConsentKind
from shouxin.customers.messages.models import Channel, Outcome, Recipient
from shouxin.customers.registry import merging
from shouxin.people.connections.models import Kind as ConnectionKind
from shouxin.people.connections.queries import in_force
from shouxin.portal.held.queries import PURPOSE, Held
from shouxin.rulebook.purposes.models import Purpose

LEFT = (Outcome.SENT, Outcome.CLAIMED, Outcome.UNCLEAR)  # the gateway has, or may have, seen the number
NOBODY = frozenset({"", "无"})  # as a purpose's record says that it hands nothing to anybody


@dataclass(frozen=True, slots=True)
class Agreed:
    """A separate consent to hand something to a recipient, at home or abroad, in force."""

    recipient: str
    purpose: str
    abroad: bool
    since: datetime


@dataclass(frozen=True, slots=True)
class Foreseen:
    """Who may receive something under a purpose for which values are held, as its approved record says."""

    recipients: str
    purpose: str


@dataclass(frozen=True, slots=True)
class Shared:
    """`gateways` carried text messages to the person, the last at `last_sms`; none without a record."""

    gateways: Sequence[str]
    last_sms: datetime | None
    agreed: Sequence[Agreed]
    foreseen: Sequence[Foreseen]


def of(*, me: Actor, found: Held, now: datetime) -> Shared:
    """Of what was found to be held about `me`."""
    family = merging.family(me.id)
    sent = Recipient.objects.filter(
        customer_id__in=family, message__channel=Channel.SMS, outcome__in=LEFT
    ).aggregate(last=Max("claimed_at"))["last"]
    boxes = Consent.objects.filter(
        customer_id__in=family, state=State.GIVEN, kind__in=[ConsentKind.PROVISION, ConsentKind.ABROAD]
    ).exclude(until__lte=now)
    keys = sorted({rule.key for rule in found.purposes} - {PURPOSE})
    purposes = [row for row in Purpose.objects.filter(key__in=keys) if row.recipients_zh not in NOBODY]
    return Shared(
        [one.name for one in in_force(ConnectionKind.SMS)] if sent else [],
        sent,
        [Agreed(one.item, one.purpose, one.kind == ConsentKind.ABROAD, one.since) for one in boxes],
        [Foreseen(row.recipients, row.name) for row in purposes],
    )
