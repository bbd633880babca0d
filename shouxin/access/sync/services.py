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
from shouxin.customers.registry.merging import Merging
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.kit.statements import execute

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


_HELD = "SELECT 1 FROM access_customer_token WHERE customer_id = ANY(%b::uuid[]) LIMIT 1"


def note_changes(changed: Sequence[Changed], now: datetime) -> None:
    """In the transaction of the change: an open change for every client in force that holds the customer's token."""
    by_customer = {one.customer: one for one in changed}
    if not execute(_HELD, (list(by_customer),)):  # most customers have gone to no program
        return
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


def note_merge(_actor: Actor, merging: Merging) -> Mapping[str, int]:
    """In the transaction of a merge: whoever holds a token of the absorbed customer is told whose token stands now."""
    holders = _holders(merging.absorbed, merging.at)
    for holder in holders:
        survivor, _made = CustomerToken.objects.get_or_create(
            client_id=holder.client_id,
            customer_id=merging.survivor,
            record_id=merging.survivor,
            field="",
            defaults={"at": merging.at},
        )
        _tell(holder.client_id, [_change(holder, [], merging, survivor.token)], merging.at)
    return {"told": len(holders)}


def note_unmerge(_actor: Actor, merging: Merging, _kept: Mapping[str, object]) -> None:
    """In the transaction of its undoing: their token means a customer of its own again, whose fields they read anew."""
    for holder in _holders(merging.absorbed, merging.at):
        _tell(holder.client_id, [_change(holder, sorted(holder.client.readable), merging)], merging.at)


def _holders(customer: UUID, now: datetime) -> list[CustomerToken]:
    found = CustomerToken.objects.filter(
        customer_id=customer, field="", client__state=ClientState.APPROVED, client__ends_at__gt=now
    )
    return list(found.select_related("client").order_by("client_id"))


def _change(holder: CustomerToken, fields: list[str], merging: Merging, into: str = "") -> CustomerChange:
    revision = Customer.objects.values_list("revision", flat=True).get(id=holder.customer_id)
    return CustomerChange(
        client_id=holder.client_id,
        customer_id=holder.customer_id,
        token=holder.token,
        fields=fields,
        merged_into=into,
        revision=revision,
        at=merging.at,
    )


def _tell(client: UUID, rows: Sequence[CustomerChange], now: datetime) -> None:
    endpoints = webhooks.listening(client, CHANGED)
    for start in range(0, len(rows), rules.IN_ONE_MESSAGE):
        some = rows[start : start + rules.IN_ONE_MESSAGE]
        body = {
            "changes": [
                {"id": str(row.id), "token": row.token, "fields": row.fields, "revision": row.revision}
                | ({"merged_into": row.merged_into} if row.merged_into else {})
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
