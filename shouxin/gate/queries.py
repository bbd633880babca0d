"""Reading contacts; a person sees only their own."""

from datetime import datetime
from uuid import UUID

from shouxin.core.policy import Actor
from shouxin.gate.models import Contact


def live_contact(*, actor: Actor, customer: UUID, now: datetime) -> Contact | None:
    """The contact that `actor` has open with `customer`, if any."""
    return (
        Contact.objects.filter(staff_id=actor.id, customer_id=customer, ends_at__gt=now)
        .order_by("-ends_at")
        .first()
    )


def recent_contacts(*, actor: Actor, limit: int) -> list[Contact]:
    """The latest contacts of `actor`, newest first (最近接待)."""
    return list(Contact.objects.filter(staff_id=actor.id).order_by("-opened_at")[:limit])
