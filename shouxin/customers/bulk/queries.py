"""Reading one's own operations and what became of each customer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from shouxin.core.policy import Actor
from shouxin.customers.bulk.models import OPEN, BulkItem, BulkOperation

SHOWS: Mapping[str, Mapping[str, Any]] = {"open": {"state__in": OPEN}, "failed": {"failed__gt": 0}}


def mine(actor: Actor, show: str = "") -> QuerySet[BulkOperation]:
    """What `actor` asked for; nobody sees another's."""
    return BulkOperation.objects.filter(staff_id=actor.id, **SHOWS.get(show, {}))


def find(actor: Actor, operation: UUID) -> BulkOperation | None:
    return mine(actor).filter(id=operation).first()


def failures(operation: BulkOperation) -> QuerySet[BulkItem]:
    return BulkItem.objects.filter(operation=operation, outcome=BulkItem.Outcome.FAILED)
