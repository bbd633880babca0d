"""Stating topics, putting the question off, and counting what many share."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from shouxin.core.policy import Actor, service_actor
from shouxin.customers.preferences import queries as preferences
from shouxin.customers.registry.models import Customer
from shouxin.gate.lots import lots
from shouxin.journal import services as journal
from shouxin.people.thresholds.queries import value
from shouxin.portal.held.queries import PURPOSE
from shouxin.portal.wishing import rules
from shouxin.portal.wishing.models import Shared, Wish

COUNTER = service_actor("rights")


def state_topics(*, me: Actor, topics: Collection[str], now: datetime) -> None:
    """Keep what the person wants to hear about; asked again after the interval."""
    chosen = sorted(set(topics) & rules.TOPICS.keys())
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).values("id").get(id=me.id)
        Wish.objects.update_or_create(
            customer_id=me.id, defaults={"topics": chosen, "answered_at": now, "asked_at": now}
        )
        journal.append(
            actor=me, event="portal.topics_stated", customer=me.id, purpose=PURPOSE, data={"topics": chosen}
        )


def put_off(*, me: Actor, now: datetime) -> None:
    """Not now: the question comes again after the interval; what was stated before stays."""
    with transaction.atomic():
        Customer.objects.select_for_update(of=("self",)).values("id").get(id=me.id)
        Wish.objects.update_or_create(customer_id=me.id, defaults={"asked_at": now})


def count(*, now: datetime) -> int:
    """Count the wishes of everybody who answered, and keep those that enough people share; how many these are.

    Sealed wishes are opened inside the process, lot by lot; a worker that is cut off begins again.
    """
    topics = dict(Wish.objects.filter(answered_at__isnull=False).values_list("customer_id", "topics"))
    people = []
    for lot in lots(sorted(topics)):
        limits = preferences.limits_of(lot, now=now)
        people += [rules.codes(topics[one], limits.get(one, ())) for one in lot]
    found = rules.shared(people, value(rules.SMALLEST))
    with transaction.atomic():
        Shared.objects.all().delete()
        Shared.objects.bulk_create(
            Shared(kind=kind, code=code, people=number, of=len(topics), counted_at=now)
            for (kind, code), number in sorted(found.items())
        )
        if topics:
            journal.append(
                actor=COUNTER, event="portal.wishes_counted", purpose=PURPOSE, data={"count": len(topics)}
            )
    return len(found)
