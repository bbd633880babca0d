"""Counting customers into coarse classes under a name and purpose of its own, and heeding who objects."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission, service_actor
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.listeners import refused, withdrawn
from shouxin.customers.consents.models import Consent, Refusal, RefusalKind, State
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record, RecordKind, Visibility
from shouxin.customers.segments import rules
from shouxin.customers.segments.models import Run, Segment
from shouxin.customers.segments.rules import Dealings
from shouxin.gate import services as gate
from shouxin.gate.limits import ZONE
from shouxin.journal import services as journal
from shouxin.kit.queueing import queue_once
from shouxin.vault import services as vault
from shouxin.vault.services import Revealed

SEGMENTER = service_actor("segments")
PURPOSE = rules.PURPOSE
FIELDS = ("order_date", "line_sales", "interaction_at")
BATCH = 500
REFRESH, QUEUE = "segments.refresh", "segments"


class SegmentProblem(Exception):
    """The step cannot be taken; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def refresh(*, now: datetime, stop: Callable[[], bool] = lambda: False) -> Run | None:
    """Count everybody anew, in batches; None when told to stop before the end: the next run does all of it.

    Raises:
        Refused: the purpose of the analysis is not in force (journalled).
    """
    run = Run.objects.create(formula=rules.FORMULA, began_at=now)
    after: UUID | None = None
    while True:
        batch = _next(after)
        if not batch:
            break
        if stop():
            return None
        after = batch[-1]
        _count(run, batch, now)
    with transaction.atomic():
        # Whoever was not counted in this run is not one who may be counted.
        Segment.objects.exclude(run=run.id).delete()
        Segment.objects.filter(customer__in=_objected()).delete()  # who objected while it ran
        run.ended_at, run.objected, run.restricted = now, _objected().count(), _restricted().count()
        run.counted = Segment.objects.count()
        run.save(update_fields=["ended_at", "counted", "objected", "restricted"])
        journal.append(
            actor=SEGMENTER,
            event="segments.counted",
            purpose=PURPOSE,
            data={"counted": run.counted, "objected": run.objected, "restricted": run.restricted},
        )
    return run


def ask(*, actor: Actor) -> bool:
    """Have the segments counted anew in the background; tells whether they had not been waiting for it already."""
    actor.require(Permission.CUSTOMERS_SEGMENT_REFRESH)
    with transaction.atomic():
        queued = queue_once(REFRESH, queue=QUEUE)
        if queued:
            journal.append(actor=actor, event="segments.asked", purpose=PURPOSE)
    return queued


def object_to(*, actor: Actor, purpose: str, customer: UUID, now: datetime) -> None:
    """The customer does not want to be counted: what was counted goes at once, and nothing is counted again.

    It is their refusal of the purpose of the analysis, however it was noted.
    """
    _admitted(actor, purpose, customer, now)
    consents.refuse_purpose(
        actor=actor, customer=customer, purpose=PURPOSE, kind=RefusalKind.OBJECTED, now=now
    )


def end_objection(*, actor: Actor, purpose: str, customer: UUID, now: datetime) -> None:
    """The customer took the objection back; the next run counts them again."""
    _admitted(actor, purpose, customer, now)
    consents.allow_again(actor=actor, customer=customer, purpose=PURPOSE, now=now)


def _forget(customers: Sequence[UUID]) -> None:
    """Who refuses the analysis, or switches personal offers off, keeps no classes: they go at once, journalled."""
    gone = Segment.objects.filter(customer_id__in=list(customers))
    kept = list(gone.values_list("customer_id", flat=True))
    if kept:
        gone.delete()
        rows = [(one, {"classes": ["recency", "frequency", "value", "stage"]}) for one in kept]
        journal.append_many(actor=SEGMENTER, event="segments.removed", rows=rows)


refused.register(PURPOSE, _forget)
withdrawn.register(rules.PERSONAL, _forget)


def _admitted(actor: Actor, purpose: str, customer: UUID, now: datetime) -> None:
    actor.require(Permission.CUSTOMERS_PROFILE_EDIT)
    if registry.find(actor, customer) is None:
        raise SegmentProblem("customer.unknown")
    gate.admit(actor=actor, purpose=purpose, customers=[customer], fields=[], now=now)


def _standing() -> QuerySet[Customer]:
    return Customer.objects.filter(visibility=Visibility.OPEN, absorbed_by__isnull=True)


def _objected() -> QuerySet[Customer]:
    """Who objected or switched personal offers off, or was merged with somebody who did."""
    objected = Refusal.objects.filter(purpose=PURPOSE, lifted_at__isnull=True)
    off = Consent.objects.filter(purpose=rules.PERSONAL, kind="general").exclude(state=State.GIVEN)
    rows = [
        *objected.values_list("customer_id", "customer__absorbed_by"),
        *off.values_list("customer_id", "customer__absorbed_by"),
    ]
    return _standing().filter(id__in={into or one for one, into in rows})


def _restricted() -> QuerySet[Customer]:
    rows = Customer.objects.filter(restricted=True).values_list("id", "absorbed_by")
    return _standing().filter(id__in={into or one for one, into in rows}).exclude(id__in=_objected())


def _next(after: UUID | None) -> list[UUID]:
    found = _standing().exclude(id__in=_objected()).exclude(id__in=_restricted()).order_by("id")
    found = found.filter(id__gt=after) if after else found
    return list(found.values_list("id", flat=True)[:BATCH])


def _count(run: Run, customers: Sequence[UUID], now: datetime) -> None:
    families = merging.families(customers)
    everybody = sorted({one for family in families.values() for one in family})
    kinds = (RecordKind.ORDER, RecordKind.INTERACTION)
    records = Record.objects.filter(customer_id__in=everybody, kind__in=kinds).values_list(
        "customer_id", "id"
    )
    of: dict[UUID, list[UUID]] = {}
    for customer, record in records:
        of.setdefault(customer, []).append(record)
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=SEGMENTER, purpose=PURPOSE, customers=everybody, fields=FIELDS, reason="segments", now=now
        )
        opened = vault.reveal(permit, records=[one for ids in of.values() for one in ids])
        today = now.astimezone(ZONE).date()
        rows = []
        for customer, family in families.items():
            found = rules.classify(_dealings(opened, {one: of.get(one, []) for one in family}), today)
            rows.append(
                Segment(
                    customer_id=customer,
                    recency=found.recency,
                    frequency=found.frequency,
                    value=found.value,
                    stage=found.stage,
                    run=run.id,
                )
            )
        Segment.objects.bulk_create(
            rows,
            update_conflicts=True,
            unique_fields=["customer"],
            update_fields=["recency", "frequency", "value", "stage", "run"],
        )


def _dealings(opened: Revealed, records: Mapping[UUID, Iterable[UUID]]) -> Dealings:
    found = Dealings()
    for customer, theirs in records.items():
        for record in theirs:
            values = {key: shown.text or "" for key, shown in opened.of(customer, record).items()}
            if day := _day(values.get("order_date", "")):
                found.orders.append((day, _sum(values.get("line_sales", ""))))
            if day := _day(values.get("interaction_at", "")):
                found.contacts.append(day)
    return found


def _day(text: str) -> date | None:
    with suppress(ValueError):
        return date.fromisoformat(text[:10].replace("/", "-"))
    return None


def _sum(text: str) -> Decimal:
    """What the lines of an order come to; a line that is no number counts nothing."""
    total = Decimal(0)
    lines = json.loads(text) if text else []
    for line in lines if isinstance(lines, list) else []:
        with suppress(InvalidOperation):
            amount = Decimal(str(line).replace(",", "").strip() or "0")
            total += amount if amount.is_finite() else Decimal(0)
    return total
