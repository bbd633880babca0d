"""Supply contracts: entered, ended, and what came under them listed and taken out."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Q, QuerySet
from procrastinate.contrib.django import app

from shouxin.core.policy import Actor, Permission
from shouxin.customers.quality import reviewing
from shouxin.customers.quality.models import Supplied
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry.contracts import contract_of
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Provenance, SupplyContract
from shouxin.customers.registry.removal import remove_supplied
from shouxin.customers.registry.retained import retained
from shouxin.customers.registry.written import Written
from shouxin.journal import services as journal
from shouxin.kit import clock, statements

REMOVE = "quality.remove_supplied"  # the job's name; jobs.py does it
AT_ONCE = 50  # customers looked up at a time
_OVER = """
UPDATE customers_supplied s SET removed_at = %b FROM unnest(%b::uuid[], %b::text[]) AS w(r, f)
WHERE s.record_id = w.r AND s.field = w.f AND s.removed_at IS NULL
"""


def note(written: Sequence[Written], footing: Footing, now: datetime) -> None:
    """The writer signed up with the registry: what is written anew is no longer under its earlier contract."""
    standing = [(one.record, key) for one in written if not one.created for key in one.marks]
    if standing:
        records, keys = zip(*standing, strict=True)
        statements.execute(_OVER, [now, list(records), list(keys)])
    contract = contract_of(footing, now)
    if contract:
        Supplied.objects.bulk_create(
            Supplied(contract_id=contract, customer_id=one.customer, record_id=one.record, field=key, at=now)
            for one in written
            for key, mark in one.marks.items()
            if mark is not None
        )


@transaction.atomic
def enter(
    *,
    actor: Actor,
    name: str,
    number: str,
    supplier: str,
    purpose: str,
    begins_on: date,
    ends_on: date,
    declared: str,
    now: datetime,
) -> SupplyContract:
    """Enter a contract; from its first day what its supplier hands us for its purpose comes under it.

    Raises:
        QualityProblem: something is missing, the number is taken, or the supplier has one for this purpose.
    """
    actor.require(Permission.CUSTOMERS_SUPPLY_WRITE)
    said = [text.strip() for text in (name, number, supplier, purpose, declared)]
    if not all(said) or ends_on < begins_on:
        raise QualityProblem("supply.incomplete")
    try:
        with transaction.atomic():
            made = SupplyContract.objects.create(
                name=said[0],
                number=said[1],
                supplier=said[2],
                purpose=said[3],
                declared=said[4],
                begins_on=begins_on,
                ends_on=ends_on,
                made_by_id=actor.id,
                made_at=now,
            )
    except IntegrityError:
        raise QualityProblem("supply.taken") from None
    journal.append(
        actor=actor, event="supply.entered", data={"contract": str(made.id), "purpose": made.purpose}
    )
    return made


@transaction.atomic
def end(*, actor: Actor, contract: UUID, now: datetime) -> int:
    """End a contract before its day: nothing more comes under it. Gives how many values are to be taken out."""
    actor.require(Permission.CUSTOMERS_SUPPLY_WRITE)
    row = SupplyContract.objects.select_for_update().filter(id=contract).first()
    if row is None or row.ended_at is not None:
        raise QualityProblem("supply.over")
    row.ended_at, row.ended_by_id = now, actor.id
    row.save(update_fields=["ended_at", "ended_by"])
    count = Supplied.objects.filter(contract=row, removed_at__isnull=True).count()
    journal.append(actor=actor, event="supply.ended", data={"contract": str(row.id), "count": count})
    return count


def is_over(row: SupplyContract, now: datetime) -> bool:
    return row.ended_at is not None or row.ends_on < clock.today(now)


def standing(found: QuerySet[SupplyContract], *, over: bool, now: datetime) -> QuerySet[SupplyContract]:
    """Of these contracts the ones that are over, or those that are not."""
    ended = Q(ended_at__isnull=False) | Q(ends_on__lt=clock.today(now))
    return found.filter(ended) if over else found.exclude(ended)


@transaction.atomic
def remove(*, actor: Actor, contract: UUID, typed: str, now: datetime) -> None:
    """Take out, in the background, every value that came under a contract that is over; what is ours stays.

    Raises:
        QualityProblem: it is not over, or its number was not typed.
    """
    actor.require(Permission.CUSTOMERS_SUPPLY_WRITE)
    row = SupplyContract.objects.select_for_update().filter(id=contract).first()
    if row is None or not is_over(row, now):
        raise QualityProblem("supply.in-force")
    if typed.strip() != row.number:
        raise QualityProblem("supply.typed")
    row.removal_at = row.removal_at or now
    row.save(update_fields=["removal_at"])
    count = Supplied.objects.filter(contract=row, removed_at__isnull=True).count()
    journal.append(actor=actor, event="supply.removal_begun", data={"contract": str(row.id), "count": count})
    app.configure_task(REMOVE, queue="quality").defer(contract=str(row.id), actor=str(actor.id))


def work_remove(*, actor: Actor, contract: UUID, now: datetime) -> None:
    """The removal, customer by customer, each in a transaction of its own; cut off, it goes on with who is left.

    Values in a storage group that is locked stay, and stay on the list; so do those of whoever is to be retained.
    """
    provenances = list(Provenance.objects.filter(contract=contract).values_list("id", flat=True))
    reviewing.drop_supplied(actor, provenances, now)
    after = UUID(int=0)
    while True:
        live = Supplied.objects.filter(contract_id=contract, removed_at__isnull=True, customer_id__gt=after)
        customers = list(
            live.order_by("customer_id").values_list("customer_id", flat=True).distinct()[:AT_ONCE]
        )
        if not customers:
            return
        kept = retained(customers)
        for customer in customers:
            if customer in kept:
                continue
            remove_supplied(
                actor=actor, customer=customer, provenances=provenances, contract=contract, now=now
            )
        after = customers[-1]


def contracts(actor: Actor) -> QuerySet[SupplyContract]:
    """Every contract, newest first, for who may read the register of suppliers."""
    actor.require(Permission.CUSTOMERS_SUPPLY_READ)
    return SupplyContract.objects.select_related("made_by", "ended_by")


def values_of(actor: Actor, contract: UUID) -> QuerySet[Supplied]:
    """What came under a contract and is still there, by customer and field."""
    actor.require(Permission.CUSTOMERS_SUPPLY_READ)
    found = Supplied.objects.filter(contract_id=contract, removed_at__isnull=True)
    return found.order_by("customer_id", "record_id", "field")


def progress(actor: Actor, contract: UUID) -> dict[str, int]:
    """How many values are there, how many were taken out or replaced, and of how many customers."""
    actor.require(Permission.CUSTOMERS_SUPPLY_READ)
    found = Supplied.objects.filter(contract_id=contract)
    left = Q(removed_at__isnull=True)
    return found.aggregate(
        all=Count("id"),
        left=Count("id", filter=left),
        customers=Count("customer_id", filter=left, distinct=True),
    )
