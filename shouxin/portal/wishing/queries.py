"""Whether somebody is asked now, what they chose, and what many share."""

from datetime import datetime

from django.db.models import QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.people.thresholds.queries import value
from shouxin.portal.wishing import rules
from shouxin.portal.wishing.models import Shared, Wish


def wish_of(me: Actor) -> Wish | None:
    return Wish.objects.filter(customer_id=me.id).first()


def is_due(me: Actor, now: datetime) -> bool:
    """Whether the card is shown."""
    found = wish_of(me)
    return rules.is_due(found.asked_at if found else None, value(rules.AGAIN), now)


def proposals(actor: Actor) -> QuerySet[Shared]:
    """What many customers wish, the most frequent first; nobody behind it is named anywhere."""
    actor.require(Permission.PORTAL_WISH_READ)
    return Shared.objects.order_by("-people", "kind", "code")
