"""Reading what waits from outside: of those the actor works on, once the source of its batch was accepted."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Action, Actor, Permission
from shouxin.customers.intake.models import ImportBatch, Standing
from shouxin.customers.quality.models import OfferState, OutsideValue
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.vault.services import Shown

PER_PAGE = 50
ACCEPTED = (Standing.UNCONFIRMED, Standing.CONFIRMED)


def waiting(actor: Actor) -> QuerySet[OutsideValue]:
    """What `actor` may decide now, newest first."""
    if not actor.may(Permission.CUSTOMERS_EXTERNAL_DECIDE):
        return OutsideValue.objects.none()
    accepted = ImportBatch.objects.filter(standing__in=ACCEPTED).values("id")
    mine = registry.visible(actor).filter(
        Q(responsible_id=actor.id) | Q(owner_department_id__in=list(actor.department_ids)), visibility="open"
    )
    return (
        OutsideValue.objects.filter(state=OfferState.WAITING, customer__in=mine.values("id"))
        .filter(Q(batch_id__isnull=True) | Q(batch_id__in=accepted))
        .select_related("customer")
        .order_by("-id")
    )


def waiting_of(actor: Actor, customer: UUID) -> list[OutsideValue]:
    """What waits about one customer."""
    return list(waiting(actor).filter(customer_id=customer)[:PER_PAGE])


def one(actor: Actor, offer: UUID) -> OutsideValue | None:
    return waiting(actor).filter(id=offer).first()


def compared(
    *, actor: Actor, purpose: str, offer: OutsideValue, now: datetime
) -> tuple[Shown | str | None, Shown | str | None]:
    """Ours and theirs, masked alike, for whoever decides.

    Raises:
        Refused: journalled.
    """
    opened = gate.open_sealed(
        actor=actor,
        purpose=purpose,
        customers=[offer.customer_id],
        fields=[offer.field],
        action=Action.VIEW,
        reason="",
        now=now,
        records=[offer.record_id, offer.id],
        profile="detail",
        detail={"page": "profile"},
    )
    if offer.public:
        return offer.customer.public_values.get(offer.field), offer.public
    revealed = opened.revealed
    return (
        revealed.of(offer.customer_id, offer.record_id).get(offer.field),
        revealed.of(offer.customer_id, offer.id).get(offer.field),
    )
