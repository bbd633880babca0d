"""Deciding in somebody's place without staff: a guardian noted today, whose proof staff have seen (PIPL 31)."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.customers.consents import ages
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Channel, Decision, Proof
from shouxin.customers.registry import merging


def proof_for(*, guardian: UUID, customer: UUID, now: datetime) -> str:
    """The proof by which this guardian was verified, at the counter or wherever staff saw it, when they decided before.

    Somebody who is of age decides for themselves, unless the guardian was appointed.

    Raises:
        ConsentProblem: not noted today, never verified, or the person has grown up; each says what to do.
    """
    seen = Decision.objects.filter(
        customer_id__in=merging.family(customer), guardian__in=merging.family(guardian)
    ).exclude(guardian_proof="")
    proof = seen.exclude(channel=Channel.PORTAL).order_by("-at").values_list("guardian_proof", flat=True)
    known = ages.is_guardian(customer, guardian, now)
    if not known:
        raise ConsentProblem("guardian.ended")
    found = proof.first()
    if not found:
        raise ConsentProblem("guardian.unverified")
    with transaction.atomic():
        grown = found != Proof.ORDER and customer not in ages.under_age([customer], now)
    if grown:
        raise ConsentProblem("guardian.grown")
    return found
