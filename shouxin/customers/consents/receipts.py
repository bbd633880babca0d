"""Receipts for who decided without signing in: a signed address of one entry, good for reading that receipt alone.

It is given to whoever sends a public form, leaves by the link of a message, or stands at the counter; the entry that it
leads to holds codes and a pseudonym, nothing that somebody wrote.
"""

from typing import Final
from uuid import UUID

from django.core import signing
from django.urls import reverse

from shouxin.customers.consents.models import Decision

DAYS: Final = 90  # in which it may be fetched; the file itself can be checked for good
_SALT: Final = "shouxin-consent-receipt"


def address(entry: UUID) -> str:
    """The path under which the receipt of this entry is fetched without signing in."""
    return reverse("my:handed", args=[signing.dumps(entry.hex, salt=_SALT)])


def entry_of(text: str) -> UUID | None:
    """The entry that was signed; None for anything we did not sign, or longer ago than `DAYS`."""
    try:
        return UUID(hex=signing.loads(text, salt=_SALT, max_age=DAYS * 86_400))
    except (signing.BadSignature, ValueError):
        return None


def latest(customer: UUID, purposes: list[str]) -> list[UUID]:
    """The entries of what a person said last about each of these purposes."""
    found = Decision.objects.filter(customer_id=customer, purpose__in=purposes).order_by(
        "purpose", "-at", "-id"
    )
    return list(found.distinct("purpose").values_list("entry", flat=True))
