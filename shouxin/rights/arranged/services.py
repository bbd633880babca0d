"""Stating what close relatives may ask for after one's death, and taking it back: the person's own word."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor, ActorKind, Permission
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.journal import services as journal
from shouxin.rights.arranged import queries
from shouxin.rights.arranged.models import Arrangement
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.recording import PURPOSE


def arrange(*, actor: Actor, customer: UUID, allowed: Collection[str], now: datetime) -> UUID:
    """Keep what the person arranged, at their own door or by word to staff; gives the entry. All of it allowed is what
    the law says, so that an arrangement ends.

    Raises:
        CaseProblem: not theirs or not to be found, or something relatives cannot ask for anyway.
    """
    if not set(allowed) <= queries.ALL:
        raise CaseProblem("arrangement.unknown")
    _may(actor, customer)
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).values("id").get(id=customer)
        Arrangement.objects.filter(customer_id__in=merging.everybody(customer), ended_at__isnull=True).update(
            ended_at=now
        )
        if not set(allowed) >= queries.ALL:
            Arrangement.objects.create(
                customer_id=customer,
                allowed=sorted(set(allowed)),
                by_id=actor.id if actor.kind is ActorKind.STAFF else None,
                at=now,
            )
        return journal.append(
            actor=actor,
            event="rights.arranged",
            customer=customer,
            purpose=PURPOSE,
            data={"rights_wishes": sorted(set(allowed))},
        )


def _may(actor: Actor, customer: UUID) -> None:
    if actor.kind is ActorKind.CUSTOMER:
        if customer not in merging.family(actor.id):
            raise CaseProblem("customer.unknown")
        return
    actor.require(Permission.RIGHTS_CASE_FILE)
    if registry.find(actor, customer) is None:
        raise CaseProblem("customer.unknown")
