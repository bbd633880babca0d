"""Leaving with one click: a signed token in every commercial message, no log-in, no reason asked.

The token names one recipient row and is good for nothing else; the page behind it tells nothing about anybody.
"""

import base64
import binascii
import hmac
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from shouxin.core.policy import customer_actor
from shouxin.customers.consents import receipts
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.services import How
from shouxin.customers.messages import suppressing
from shouxin.customers.messages.models import Message, Recipient
from shouxin.customers.segments.rules import PERSONAL
from shouxin.journal import services as journal

_ID, _MAC = 16, 16


def _mac(row: UUID) -> bytes:
    key = sha256(b"shouxin-unsubscribe" + settings.SECRET_KEY.encode()).digest()
    return hmac.new(key, row.bytes, sha256).digest()[:_MAC]


def token(row: UUID) -> str:
    """What stands in the address of the link; it tells nothing and cannot be made up."""
    return base64.urlsafe_b64encode(row.bytes + _mac(row)).decode().rstrip("=")


def recipient(text: str) -> UUID | None:
    """The recipient row a token names, or None for anything we did not sign."""
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (ValueError, binascii.Error):
        return None
    if len(raw) != _ID + _MAC:
        return None
    row = UUID(bytes=raw[:_ID])
    return row if hmac.compare_digest(raw[_ID:], _mac(row)) else None


def unsubscribe(*, text: str, now: datetime) -> bool:
    """The person wants nothing more for the message's purpose: the address is suppressed and the consent withdrawn, at
    once and by their own act. May be said as often as they like. False for a token that is not ours.
    """
    known = recipient(text)
    row = Recipient.objects.select_related("message").filter(id=known).first() if known else None
    if row is None:
        return False
    purpose, customer = row.message.purpose, row.customer_id
    herself = customer_actor(customer)
    with transaction.atomic():
        new = suppressing.add(bytes(row.address), purpose, now) if row.address else False
        try:
            with transaction.atomic():
                consents.withdraw(
                    actor=herself, customer=customer, purpose=purpose, how=How(Channel.MESSAGE), now=now
                )
            new = True
        except ConsentProblem:
            pass  # nothing stood that could be withdrawn; the address is suppressed all the same
        if new:
            journal.append(
                actor=herself,
                event="message.unsubscribed",
                customer=customer,
                purpose=purpose,
                data={"purpose": purpose, "message": str(row.message_id)},
            )
    return True


def receipt(text: str, purpose: str = "") -> str:
    """Where the receipt of what the person said last is fetched, about the message's purpose or another; "" where they
    never said anything."""
    known = recipient(text)
    row = Recipient.objects.select_related("message").filter(id=known).first() if known else None
    said = receipts.latest(row.customer_id, [purpose or row.message.purpose]) if row else []
    return receipts.address(said[0]) if said else ""


def plain(text: str) -> Message | None:
    """The message that a token's row belongs to; None for a token that is not ours."""
    known = recipient(text)
    row = Recipient.objects.select_related("message").filter(id=known).first() if known else None
    return row.message if row else None


def switch_off(*, text: str, now: datetime) -> bool:
    """The person wants nothing picked for them any more: their consent is withdrawn, and their classes go with it.

    May be said as often as they like. False for a token that is not ours.
    """
    known = recipient(text)
    customer = (
        Recipient.objects.filter(id=known).values_list("customer_id", flat=True).first() if known else None
    )
    if customer is None:
        return False
    try:
        consents.withdraw(
            actor=customer_actor(customer),
            customer=customer,
            purpose=PERSONAL,
            how=How(Channel.MESSAGE),
            now=now,
        )
    except ConsentProblem:
        return True  # it was off already
    return True
