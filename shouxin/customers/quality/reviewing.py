"""Values from outside beside ours: what waits, and what a person decides about it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, Permission, Storage
from shouxin.customers.quality import keeping, rules
from shouxin.customers.quality.models import OfferState, OutsideValue, Standing
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method, Provenance, Source
from shouxin.customers.registry.offers import Offer, Place
from shouxin.customers.registry.rules import Kept
from shouxin.customers.registry.search import MAINTENANCE
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.rulebook.catalogue.queries import same_person
from shouxin.vault import services as vault

REASONS: Mapping[str, Promise | str] = {
    "asked": _("已向客户核实"),
    "document": _("已核对材料或官方登记"),
    "newer": _("这个值更新"),
    "form": _("另一个值的格式有误"),
    "unclear": _("无法确定哪个对"),
}
OUTCOMES = (OfferState.KEPT, OfferState.TAKEN, OfferState.NEITHER)


def judge(footing: Footing, places: Sequence[Place]) -> set[Place]:
    """Which values from outside wait: all of an import, whose source somebody accepts later; else those that meet a
    value of our own or one that was verified, or a customer of whom it is not known yet what there is."""
    if footing.batch_id is not None:
        return set(places)
    records = {record for _customer, record, _key in places}
    held = {row.id: rules.read(row.values) for row in Standing.objects.filter(id__in=records)}
    return {
        (customer, record, key)
        for customer, record, key in places
        if record not in held
        or ((known := held[record].get(key)) and (not known.outside or known.verified is not None))
    }


def keep(footing: Footing, offers: Sequence[Offer], now: datetime) -> None:
    OutsideValue.objects.bulk_create(
        OutsideValue(
            id=offer.id,
            customer_id=offer.customer,
            record_id=offer.record,
            field=offer.field,
            mark=offer.mark,
            public=offer.public,
            purpose=footing.purpose,
            supplier=footing.supplier,
            provenance=offer.provenance,
            batch_id=footing.batch_id,
            offered_by=offer.by,
            offered_at=now,
        )
        for offer in offers
    )


def drop(actor: Actor, batch: UUID, now: datetime) -> int:
    """The batch's source was rejected: what of it waits is taken out for good, by the service that keeps the sealed."""
    return _drop(actor, Q(batch_id=batch), now)


def drop_supplied(actor: Actor, provenances: Sequence[UUID], now: datetime) -> int:
    """The contract is over: what waits under it is taken out as well."""
    with transaction.atomic():
        return _drop(actor, Q(provenance__in=list(provenances)), now)


def _drop(actor: Actor, which: Q, now: datetime) -> int:
    waiting = OutsideValue.objects.select_for_update().filter(which, state=OfferState.WAITING)
    rows = list(waiting.order_by("id"))
    if not rows:
        return 0
    marks = _forget(rows, now)
    OutsideValue.objects.filter(id__in=[row.id for row in rows]).update(
        state=OfferState.DROPPED, decided_by=actor.pseudonym, decided_at=now, public=""
    )
    of: dict[UUID, int] = {}
    for row in rows:
        of[row.customer_id] = of.get(row.customer_id, 0) + 1
    journal.append_many(
        actor=actor,
        event="external.dropped",
        rows=[
            (customer, {"count": count, "sealed": marks.get(customer, {})}) for customer, count in of.items()
        ],
    )
    return len(rows)


def _forget(rows: Sequence[OutsideValue], now: datetime) -> dict[UUID, dict[str, int]]:
    """Take the sealed texts of these rows out of the vault; what is public has none."""
    fields = rulebooks["rulebook"].fields()
    sealed = [row for row in rows if fields[row.field].storage is not Storage.CLEAR and not row.public]
    if not sealed:
        return {}
    permit = gate.permit_maintenance(
        actor=keeping.FILLER,
        purpose=MAINTENANCE,
        customers=sorted({row.customer_id for row in sealed}),
        fields=sorted({row.field for row in sealed}),
        reason="outside_values",
        now=now,
    )
    places = [(row.customer_id, fields[row.field].storage_group, row.id) for row in sealed]
    return vault.forget_records(permit, places)


def decide(*, actor: Actor, offer: UUID, outcome: str, reason: str, now: datetime) -> OutsideValue:
    """Keep ours, take theirs, or find both wrong: then ours stays, unverified, and is due at once.

    The offered text is taken out of the vault whatever is decided; taken, it is stored like any value from outside.

    Raises:
        Refused: not for this actor, purpose or customer (journalled).
        QualityProblem: no such decision, decided already, or who brought it would take it.
    """
    actor.require(Permission.CUSTOMERS_EXTERNAL_DECIDE)
    if outcome not in OUTCOMES or reason not in REASONS:
        raise QualityProblem("offer.choice")
    row = OutsideValue.objects.filter(id=offer).first()
    if row is None:
        raise QualityProblem("offer.unknown")
    permit = gate.admit(
        actor=actor, purpose=row.purpose, customers=[row.customer_id], fields=[row.field], now=now
    )
    if permit.refused:
        raise gate.Refused(next(iter(permit.refused.values())))
    if outcome == OfferState.TAKEN and same_person(actor.pseudonym, row.offered_by):
        raise QualityProblem("offer.own")
    with transaction.atomic():
        # The customer first, as everywhere: of two who decide at once the second sees the first one's decision.
        customer = Customer.objects.select_for_update(of=("self",)).get(id=row.customer_id)
        row = OutsideValue.objects.select_for_update().get(id=offer)
        if row.state != OfferState.WAITING:
            raise QualityProblem("offer.decided")
        kept = _offered(row, now) if outcome == OfferState.TAKEN else None
        marks = _forget([row], now)
        row.state, row.reason, row.public = outcome, reason, ""
        row.decided_by, row.decided_at = actor.pseudonym, now
        row.save()
        journal.append(
            actor=actor,
            event="external.decided",
            customer=row.customer_id,
            purpose=row.purpose,
            data={
                "fields": [row.field],
                "reviewed": outcome,
                "reason": reason,
                "sealed": marks.get(row.customer_id, {}),
            },
        )
        if kept:
            _take(actor, customer, row, kept, now)
        elif outcome == OfferState.NEITHER:
            _doubt(row, now)
    return row


def _offered(row: OutsideValue, now: datetime) -> Kept:
    """The offered value; it goes from one place of the vault to another and leaves the process nowhere."""
    if row.public:
        return Kept(row.public, row.mark)
    permit = gate.permit_maintenance(
        actor=keeping.FILLER,
        purpose=MAINTENANCE,
        customers=[row.customer_id],
        fields=[row.field],
        reason="outside_values",
        now=now,
    )
    shown = vault.reveal(permit, records=[row.id]).of(row.customer_id, row.id).get(row.field)
    if shown is None or not shown.text or shown.broken:
        raise QualityProblem("offer.unreadable")
    return Kept(shown.text, shown.mark, shown.problem)


def _take(actor: Actor, customer: Customer, row: OutsideValue, kept: Kept, now: datetime) -> None:
    origin = Provenance.objects.filter(id=row.provenance).first()
    registry.edit(
        actor=actor,
        footing=Footing(
            row.purpose,
            Channel(origin.channel) if origin else Channel.SERVICE,
            Method(origin.method) if origin else Method.HAND,
            Source.EXTERNAL,
            row.supplier,
            row.batch_id,
            reviewed=True,
        ),
        customer=customer.id,
        revision=customer.revision,
        values={row.field: kept},
        now=now,
        record=None if row.record_id == customer.id else row.record_id,
    )


def _doubt(row: OutsideValue, now: datetime) -> None:
    held = Standing.objects.select_for_update().filter(id=row.record_id).first()
    if held is None:
        return
    values = rules.after_doubt(rules.read(held.values), row.field)
    held.values = rules.stored(values)
    held.later_until, held.later_reason = None, ""
    held.due_on = min(rules.due_on(values, keeping.chosen()) or clock.today(now), clock.today(now))
    held.save()
