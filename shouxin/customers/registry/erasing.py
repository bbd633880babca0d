"""Erasing single values of a customer because the person asked: present and earlier, and what they are found by."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.customers.registry import clear, jurisdiction, listeners, written
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.lines import RESEALER
from shouxin.customers.registry.listeners import Changed
from shouxin.customers.registry.models import Channel, ClearVersion, Customer, Method
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.customers.registry.written import Written
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.rulebook.catalogue import jurisdictions
from shouxin.vault import services as vault


def erase_fields(*, actor: Actor, customer: UUID, fields: Collection[str], case: UUID, now: datetime) -> int:
    """Take these fields of the profile out for good; the customer moves on by one revision. How many were there.

    The caller has established that no law keeps them and that nobody looks into them.

    Raises:
        shouxin.gate.services.Refused: the gate does not open it (journalled).
    """
    wanted, book = frozenset(fields), rulebooks["rulebook"].fields()
    with transaction.atomic():
        row = Customer.objects.select_for_update(of=("self",)).get(id=customer)
        permit = gate.permit_maintenance(
            actor=RESEALER,
            purpose=MAINTENANCE,
            customers=[customer],
            fields=sorted(wanted),
            reason="erasure",
            now=now,
        )
        for refusal in permit.refused.values():
            raise gate.Refused(refusal)
        gone = vault.forget_fields(permit, [(customer, customer, key) for key in sorted(wanted)])
        public = wanted & row.public_values.keys()
        _forget_clear(customer, wanted)
        row.public_values = {key: text for key, text in row.public_values.items() if key not in wanted}
        row.search_parts = clear.parts(row.public_values)
        row.segment = "" if "segment" in wanted else row.segment
        taken = dict.fromkeys(wanted & book.keys())
        row.jurisdiction_signs = jurisdiction.signs_after(row.jurisdiction_signs, taken, book)
        row.jurisdiction, row.also_under = jurisdiction.derived(row.jurisdiction_signs, jurisdictions.known())
        row.revision, row.updated_at = row.revision + 1, now
        row.save()
        journal.append(
            actor=actor,
            event="value.erased",
            customer=customer,
            data={
                "fields": sorted(wanted),
                "case": str(case),
                "revision": row.revision,
                "sealed": {**gone.marks.get(customer, {})},
            },
        )
        listeners.tell([Changed(customer, tuple(sorted(wanted)), row.revision)], now)
        marks = dict.fromkeys(sorted(wanted))
        written.tell([Written(customer, customer, marks)], Footing("", Channel.SERVICE, Method.HAND), now)
    return len(gone.fields) + len(public)


def _forget_clear(customer: UUID, wanted: frozenset[str]) -> None:
    """Earlier versions of what stood in clear, too; a version that was about nothing else goes altogether."""
    for version in ClearVersion.objects.select_for_update(of=("self",)).filter(customer_id=customer):
        left = {key: value for key, value in version.values.items() if key not in wanted}
        if not left:
            version.delete()
        elif left != version.values:
            version.values = left
            version.save(update_fields=["values"])
