"""Noting for what values are kept, in the transaction that keeps them; counting whose values lost their purpose."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import service_actor
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Customer, Provenance
from shouxin.customers.registry.written import Written
from shouxin.gate import services as gate
from shouxin.gate.lots import LOT
from shouxin.journal import services as journal
from shouxin.kit import ids, statements
from shouxin.portal.held.queries import PURPOSE
from shouxin.portal.unstated import queries
from shouxin.portal.unstated.models import Ground
from shouxin.vault import services as vault

READER = service_actor("rights")
REASON = "purpose_review"
_KNOWN = "SELECT field FROM portal_ground WHERE purpose = %b AND field = ANY(%b::text[])"
_NOTE = """
INSERT INTO portal_ground (id, purpose, field)
SELECT * FROM unnest(%b::uuid[], %b::text[], %b::text[]) ON CONFLICT (purpose, field) DO NOTHING
"""


def note(written: Sequence[Written], footing: Footing, _now: datetime) -> None:
    """Signed up with the registry's writers: values of these fields are kept for this purpose from now on."""
    keys = sorted({key for one in written for key, mark in one.marks.items() if mark is not None})
    purpose = footing.kept_for or footing.purpose
    known = {field for (field,) in statements.execute(_KNOWN, (purpose, keys))} if keys else set()
    fresh = [key for key in keys if key not in known]
    if fresh:
        statements.execute(_NOTE, [[ids.new() for _key in fresh], [purpose] * len(fresh), fresh])


def count(*, now: datetime) -> int:
    """Count, for every defect that is not counted, who still has a value that rests on it; how many were counted.

    Each field is opened once inside the process, lot by lot; a worker that is cut off begins again.
    """
    waiting = queries.waiting()
    for field in sorted({row.field for row in waiting}):
        rows = {row.purpose: row for row in waiting if row.field == field}
        found = _holding(field, rows, now)
        with transaction.atomic():
            for purpose, row in rows.items():
                Ground.objects.filter(id=row.id).update(customers=found[purpose], counted_at=now)
            journal.append(
                actor=READER,
                event="portal.purposes_reviewed",
                purpose=PURPOSE,
                data={"fields": [field], "count": sum(found.values())},
            )
    return len(waiting)


def _holding(field: str, purposes: Sequence[str] | dict[str, Ground], now: datetime) -> dict[str, int]:
    """How many customers have a value of `field` that came for each of these purposes."""
    found, after = dict.fromkeys(purposes, 0), UUID(int=0)
    while True:
        lot = list(Customer.objects.filter(id__gt=after).order_by("id").values_list("id", flat=True)[:LOT])
        if not lot:
            return found
        after = lot[-1]
        for customer_purposes in _purposes_of(field, lot, now):
            for purpose in customer_purposes & found.keys():
                found[purpose] += 1


def _purposes_of(field: str, customers: list[UUID], now: datetime) -> list[set[str]]:
    """For each of `customers` the purposes for which their values of `field` came."""
    with transaction.atomic():
        try:
            permit = gate.permit_maintenance(
                actor=READER, purpose=PURPOSE, customers=customers, fields=[field], reason=REASON, now=now
            )
        except gate.Refused:
            return []
        opened = vault.reveal(permit)
    origins = {
        customer: {
            shown.provenance
            for record in opened.records(customer)
            if (shown := opened.of(customer, record).get(field)) and shown.text and shown.provenance
        }
        for customer in permit.customers
    }
    rows = Provenance.objects.in_bulk({one for some in origins.values() for one in some})
    named = {one: row.held_for for one, row in rows.items()}
    return [{named[one] for one in some if one in named} for some in origins.values()]
