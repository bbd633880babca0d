"""With whom the customer's information was shared or may be, read from the records there are; never from free text."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.customers.consents.models import Consent, State
from shouxin.customers.consents.models import Kind as ConsentKind
from shouxin.customers.registry import merging
from shouxin.portal.held import handed
from shouxin.portal.held.handed import Carried
from shouxin.portal.held.queries import PURPOSE, Held
from shouxin.rights.cases.models import Requester
from shouxin.rights.packages.models import Package
from shouxin.rulebook.purposes import composing
from shouxin.rulebook.purposes.models import Purpose


@dataclass(frozen=True, slots=True)
class Agreed:
    """A separate consent to hand something to a recipient (by its id), at home or abroad, in force."""

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
class Fetched:
    """A copy of what is held, handed to somebody who asked for the person: a guardian, an agent."""

    by: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shared:
    """`carried`: who carried messages to the person, as the journal says; nobody without a record."""

    carried: Sequence[Carried]
    fetched: Sequence[Fetched]
    agreed: Sequence[Agreed]
    foreseen: Sequence[Foreseen]


def of(*, me: Actor, found: Held, now: datetime) -> Shared:
    """Of what was found to be held about `me`."""
    family = merging.family(me.id)
    boxes = Consent.objects.filter(
        customer_id__in=family, state=State.GIVEN, kind__in=[ConsentKind.PROVISION, ConsentKind.ABROAD]
    ).exclude(until__lte=now)
    # Whoever was merged into the customer says the same by rows of their own: each company is told once.
    agreed = {
        (one.item, one.purpose): Agreed(one.item, one.purpose, one.kind == ConsentKind.ABROAD, one.since)
        for one in boxes.order_by("since")
    }
    keys = sorted({rule.key for rule in found.purposes} - {PURPOSE})
    purposes = Purpose.objects.filter(key__in=keys).prefetch_related("named")
    return Shared(
        handed.carried(family),
        _fetched(family),
        list(agreed.values()),
        [Foreseen(who, row.name) for row in purposes if (who := _foreseen(row))],
    )


def _fetched(family: Sequence[UUID]) -> list[Fetched]:
    rows = Package.objects.filter(customer_id__in=family, taken_at__isnull=False).exclude(
        case__requester=Requester.SELF
    )
    return [
        Fetched(str(row.case.get_requester_display()), row.case.number, row.taken_at)
        for row in rows.select_related("case").order_by("-taken_at")
        if row.taken_at
    ]


def _foreseen(purpose: Purpose) -> str:
    """The kinds of recipients that its record names, and the companies by name."""
    kinds = [] if composing.not_any(purpose) else [purpose.recipients]
    return _("、").join([*kinds, *(one.name for one in purpose.named.all())])
