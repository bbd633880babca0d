"""Making tokens, noting changes for those who hold them, acknowledging."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.access.clients.models import ClientState
from shouxin.access.sync import rules
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.rules import CHANGED
from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.customers.registry.listeners import Changed
from shouxin.journal import services as journal

SYNC = service_actor("sync")
Place = tuple[UUID, UUID, str]  # customer, record, field


def tokens_for(*, actor: Actor, places: Sequence[Place], now: datetime) -> Mapping[Place, str]:
    """The client's tokens for these places, made where there were none. The gate has been asked before."""
    actor.require(Permission.CUSTOMERS_PROFILE_READ)
    with transaction.atomic():
        known = _known(actor.id, places)
        missing = [place for place in dict.fromkeys(places) if place not in known]
        if missing:
            CustomerToken.objects.bulk_create(
                [
                    CustomerToken(
                        client_id=actor.id, customer_id=customer, record_id=record, field=field, at=now
                    )
                    for customer, record, field in missing
                ],
                ignore_conflicts=True,  # another request of the same client was faster: its tokens count
            )
            known = _known(actor.id, places)
            journal.append(actor=actor, event="sync.tokens_made", data={"count": len(missing)})
    return known


def note_changes(changed: Sequence[Changed], now: datetime) -> None:
    """In the transaction of the change: an open change for every client in force that holds the customer's token."""
    by_customer = {one.customer: one for one in changed}
    holders = CustomerToken.objects.filter(
        customer_id__in=list(by_customer),
        field="",
        client__state=ClientState.APPROVED,
        client__ends_at__gt=now,
    ).select_related("client")
    rows: dict[UUID, list[CustomerChange]] = {}
    for holder in holders.order_by("client_id", "customer_id"):
        one = by_customer[holder.customer_id]
        fields = sorted(set(one.fields) & set(holder.client.readable))
        if fields:
            rows.setdefault(holder.client_id, []).append(
                CustomerChange(
                    client_id=holder.client_id,
                    customer_id=one.customer,
                    token=holder.token,
                    fields=fields,
                    revision=one.revision,
                    at=now,
                )
            )
    for client, found in rows.items():
        _tell(client, found, now)


def _tell(client: UUID, rows: Sequence[CustomerChange], now: datetime) -> None:
    endpoints = webhooks.listening(client, CHANGED)
    for start in range(0, len(rows), rules.IN_ONE_MESSAGE):
        some = rows[start : start + rules.IN_ONE_MESSAGE]
        body = {
            "changes": [
                {"id": str(row.id), "token": row.token, "fields": row.fields, "revision": row.revision}
                for row in some
            ]
        }
        sent = [webhooks.tell(endpoint, CHANGED, body, now) for endpoint in endpoints]
        for row in some:
            row.delivery = sent[0] if sent else None
    CustomerChange.objects.bulk_create(rows)


def acknowledge(*, actor: Actor, changes: Sequence[UUID], now: datetime) -> list[UUID]:
    """The client says that it has brought these changes into its own book; those it was never told of come back.

    Saying it twice does no harm: the first time stands.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_READ)
    with transaction.atomic():
        mine = CustomerChange.objects.filter(client_id=actor.id, id__in=list(changes))
        known = set(mine.values_list("id", flat=True))
        count = mine.filter(acknowledged_at__isnull=True).update(acknowledged_at=now)
        if count:
            journal.append(actor=actor, event="sync.acknowledged", data={"count": count})
    return [change for change in dict.fromkeys(changes) if change not in known]


def list_open(
    *, actor: Actor, after: UUID | None, limit: int, now: datetime
) -> tuple[list[CustomerChange], bool]:
    """The client's changes that it has not acknowledged, oldest first, and whether there are more.

    Without `after` it begins at the oldest again, so that a change whose transaction took long is never missed.
    """
    actor.require(Permission.CUSTOMERS_PROFILE_READ)
    found = CustomerChange.objects.filter(client_id=actor.id, acknowledged_at__isnull=True).order_by("id")
    if after is not None:
        found = found.filter(id__gt=after)
    rows = list(found[: limit + 1])
    told = [row.id for row in rows[:limit]]
    CustomerChange.objects.filter(id__in=told, listed_at__isnull=True).update(listed_at=now)
    return rows[:limit], len(rows) > limit


def tidy(*, now: datetime) -> int:
    """Forget changes that were acknowledged three months ago; how many."""
    with transaction.atomic():
        count, _ = CustomerChange.objects.filter(acknowledged_at__lt=now - rules.KEPT).delete()
        if count:
            journal.append(actor=SYNC, event="sync.tidied", data={"count": count})
    return count


def _known(client: UUID, places: Iterable[Place]) -> dict[Place, str]:
    wanted = set(places)
    rows = CustomerToken.objects.filter(
        client_id=client, customer_id__in={customer for customer, _record, _field in wanted}
    )
    found = {(row.customer_id, row.record_id, row.field): row.token for row in rows}
    return {place: token for place, token in found.items() if place in wanted}
