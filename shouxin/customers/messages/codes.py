"""A code to one person's phone by the gateway of text messages: at once, whatever the hour and whatever they wish for.

It is no message of the organisation's that somebody wrote: nothing of it is kept here, neither words nor number.
"""

from shouxin.customers.messages import drivers, rules
from shouxin.customers.messages.rules import Content
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Kind


class NotSent(Exception):
    """The gateway did not take it, and will not."""


def is_offered() -> bool:
    """Whether a gateway is in force."""
    return connections.in_force(Kind.SMS).exists()


def send(*, to: str, sender: str, text: str, purpose: str, key: str, by: drivers.Carrier) -> None:
    """Hand a code over; where nobody knows whether it was taken it may well arrive, and stays good.

    Raises:
        NotSent: it was not taken.
    """
    content = Content(
        kind=rules.CODE, channel=rules.SMS, purpose=purpose, sender=sender, subject="", body=text
    )
    try:
        drivers.by_sms(drivers.Parcel(key=key, content=content, to=to, leave="", by=by))
    except drivers.Unclear:
        return
    except drivers.Away:
        raise NotSent from None
