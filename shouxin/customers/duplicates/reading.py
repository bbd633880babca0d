"""Opening customers to compare them: by the named service, journalled per batch; nothing leaves the process."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Storage, service_actor
from shouxin.customers.duplicates.features import Features, of_values, used_fields
from shouxin.customers.registry.models import Customer, Visibility
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.vault import services as vault

DEDUPLICATION = service_actor("deduplication")
MAINTENANCE = "maintenance"
AT_ONCE = 2_000


def comparable() -> list[UUID]:
    """Every customer that may be a duplicate: confirmed, and standing for itself."""
    found = Customer.objects.filter(visibility=Visibility.OPEN, absorbed_by__isnull=True)
    return list(found.order_by("id").values_list("id", flat=True))


def batches(customers: Sequence[UUID], now: datetime) -> Iterator[dict[UUID, Features]]:
    """The features of all of them, some at a time."""
    for start in range(0, len(customers), AT_ONCE):
        yield features(customers[start : start + AT_ONCE], now)


def features(customers: Sequence[UUID], now: datetime) -> dict[UUID, Features]:
    """What these customers are compared by; those of whom nothing opens any more are left out."""
    found = values(customers, sorted(used_fields()), now)
    return {customer: of_values(kind, of) for customer, (kind, of) in found.items()}


def values(
    customers: Sequence[UUID], fields: Sequence[str], now: datetime
) -> dict[UUID, tuple[str, dict[str, str]]]:
    """The kind and the profile's values of each, in clear; one transaction and one journal entry a batch."""
    known = rulebooks["rulebook"].fields()
    wanted = [key for key in fields if key in known and known[key].active]
    with transaction.atomic():
        rows = {
            row.id: row
            for row in Customer.objects.filter(
                id__in=customers, visibility=Visibility.OPEN, absorbed_by__isnull=True
            )
        }
        if not rows:
            return {}
        permit = gate.permit_maintenance(
            actor=DEDUPLICATION,
            purpose=MAINTENANCE,
            customers=sorted(rows),
            fields=wanted,
            reason="deduplication",
            now=now,
        )
        opened = vault.reveal(permit, records=sorted(rows))
    clear = [key for key in permit.fields if known[key].storage is Storage.CLEAR]
    return {
        customer: (
            row.kind,
            {key: shown.text for key, shown in opened.of(customer).items() if shown.text}
            | {key: row.public_values[key] for key in clear if row.public_values.get(key)},
        )
        for customer, row in rows.items()
        if customer in permit.forms
    }
