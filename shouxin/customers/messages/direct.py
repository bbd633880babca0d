"""What the product itself owes one person: asked by the same rules and handed over by the same drivers as messages.

Whoever sends one claims it before, in the transaction that asked, and keeps the log; what was claimed and not settled
is never handed over again (decision 43).
"""

from dataclasses import dataclass, field
from datetime import datetime

from shouxin.customers.messages import drivers, rules
from shouxin.customers.messages.drivers import DRIVERS, Carrier, Parcel
from shouxin.customers.messages.rules import Content, Known, Verdict
from shouxin.customers.registry import denied
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.kit import mail


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one address: statutory, or a code."""

    key: str
    channel: str
    purpose: str
    sender: str
    subject: str
    body: str = field(repr=False)
    to: str = field(repr=False)
    kind: str = rules.STATUTORY


def available() -> list[str]:
    """The channels by which something can leave now, mail first."""
    return [
        *([rules.EMAIL] if mail.is_configured() else []),
        *([rules.SMS] if drivers.gateway_offered() else []),
    ]


def judge(
    *,
    customer: Customer | None,
    channel: str,
    closed: str,
    reachable: bool,
    now: datetime,
    kind: str = rules.STATUTORY,
    place: denied.Place | None = None,
) -> Verdict:
    """Whether a message of `kind` may leave for this person: neither wishes nor the hour hold it back. `closed` is the
    gate's code where it opened nothing, `place` whose contact it would go to; one that was denied takes nothing. None
    is somebody who is nobody on file, and left their contact to be answered."""
    address = "ok" if reachable else "address.none"
    if place is not None and place in denied.places([place[0]]):
        address = "address.locked"
    known = Known(
        exists=True,
        merged=customer is not None and customer.absorbed_by is not None,
        quarantined=customer is not None and customer.visibility != Visibility.OPEN,
        restricted=customer is not None and customer.restricted,
        closed=closed,
        address=address,
    )
    return rules.judge(kind, channel, known, until=now + rules.LASTS, now=now)


def hand_over(letter: Letter, by: Carrier) -> str:
    """Hand it over to the carrier that the log will name; gives the provider's id.

    Raises:
        drivers.TurnedDown: not taken, and will not be.
        drivers.Unclear: nobody knows whether it was.
        drivers.Away: nothing was handed over, and nothing can be for now.
    """
    content = Content(
        kind=letter.kind,
        channel=letter.channel,
        purpose=letter.purpose,
        sender=letter.sender,
        subject=letter.subject,
        body=letter.body,
    )
    return DRIVERS[letter.channel](Parcel(key=letter.key, content=content, to=letter.to, leave="", by=by))
