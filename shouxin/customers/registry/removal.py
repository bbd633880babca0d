"""Taking out of a customer whatever came under certain provenances, present and earlier, sealed and clear."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.customers.registry import clear, listeners, written
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.lines import RESEALER
from shouxin.customers.registry.listeners import Changed
from shouxin.customers.registry.models import Channel, ClearVersion, Customer, Method
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.customers.registry.written import Written
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.vault import services as vault


def remove_supplied(
    *, actor: Actor, customer: UUID, provenances: Collection[UUID], contract: UUID, now: datetime
) -> int:
    """Take the values of these provenances out for good; what is ours stays. Gives how many present values went."""
    book = rulebooks["rulebook"].fields()
    with transaction.atomic():
        row = Customer.objects.select_for_update(of=("self",)).get(id=customer)
        permit = gate.permit_maintenance(
            actor=RESEALER,
            purpose=MAINTENANCE,
            customers=[customer],
            fields=sorted(key for key, rule in book.items() if rule.active),
            reason="supply_contract",
            now=now,
        )
        gone = vault.forget_values(permit, provenances)
        origins = clear.origins([row]).get(customer, {})
        public = [
            key for key in row.public_values if key in origins and origins[key].provenance in set(provenances)
        ]
        ClearVersion.objects.filter(customer_id=customer, provenance__in=list(provenances)).delete()
        fields: dict[UUID, list[str]] = {}
        for _customer, record, key in gone.fields:
            fields.setdefault(record, []).append(key)
        if public:
            fields.setdefault(customer, []).extend(public)
        if not fields:
            return 0
        row.public_values = {key: text for key, text in row.public_values.items() if key not in public}
        row.search_parts = clear.parts(row.public_values)
        row.segment = "" if "segment" in public else row.segment
        row.revision, row.updated_at = row.revision + 1, now
        row.save(update_fields=["public_values", "search_parts", "segment", "revision", "updated_at"])
        _tell(actor, row, fields, contract, gone.marks.get(customer, {}), now)
    return sum(len(keys) for keys in fields.values())


def _tell(
    actor: Actor,
    row: Customer,
    fields: Mapping[UUID, Sequence[str]],
    contract: UUID,
    marks: Mapping[str, int],
    now: datetime,
) -> None:
    names = sorted({key for keys in fields.values() for key in keys})
    journal.append(
        actor=actor,
        event="supply.removed",
        customer=row.id,
        data={"fields": names, "contract": str(contract), "revision": row.revision, "sealed": {**marks}},
    )
    listeners.tell([Changed(row.id, tuple(names), row.revision)], now)
    written.tell(
        [Written(row.id, record, dict.fromkeys(keys)) for record, keys in fields.items()],
        Footing("", Channel.SERVICE, Method.HAND),
        now,
    )
