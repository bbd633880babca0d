"""Reading the sync log, limited to clients the actor answers for."""

from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from shouxin.access.clients import queries as clients
from shouxin.access.clients.models import ApiClient
from shouxin.access.sync import rules
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.core.policy import Actor

OPEN, LATE, DONE = "open", "late", "done"


def connected(actor: Actor) -> QuerySet[ApiClient]:
    """The clients that hold a token of some customer."""
    holds = CustomerToken.objects.filter(client_id=OuterRef("pk"))
    return clients.visible_to(actor).filter(Exists(holds))


def changes(
    actor: Actor, *, state: str = "", client: UUID | None = None, now: datetime
) -> QuerySet[CustomerChange]:
    """What connected systems were told of, newest first."""
    seen = clients.visible_to(actor).order_by()
    if client is not None:
        seen = seen.filter(id=client)
    found = (
        CustomerChange.objects.filter(client_id__in=seen.values("id"))
        .select_related("client", "delivery")
        .annotate(reached_at=Coalesce("delivery__delivered_at", "listed_at"))
        .order_by("-id")
    )
    if state in {OPEN, LATE}:
        found = found.filter(acknowledged_at__isnull=True)
    if state == LATE:
        found = found.filter(at__lt=now - rules.LATE)
    return found.filter(acknowledged_at__isnull=False) if state == DONE else found
