"""Reading endpoints and what was sent there, limited to clients the actor answers for."""

from django.db.models import OuterRef, Q, QuerySet, Subquery

from shouxin.access.clients import queries as clients
from shouxin.access.webhooks.models import Attempt, Delivery, Endpoint, EndpointState
from shouxin.core.policy import Actor, Permission
from shouxin.people import queries as people


def visible_to(actor: Actor) -> QuerySet[Endpoint]:
    """The endpoints of the clients that `actor` may see, newest first."""
    seen = clients.visible_to(actor).order_by().values("id")
    return (
        Endpoint.objects.filter(client_id__in=seen)
        .select_related("client", "client__owner", "proposed_by", "decided_by")
        .order_by("-proposed_at", "-id")
    )


def awaiting(actor: Actor) -> QuerySet[Endpoint]:
    """What `actor` could decide now (待我审批)."""
    if not actor.may(Permission.API_CLIENT_APPROVE):
        return Endpoint.objects.none()
    mine = people.person_of(actor)
    apart = ~Q(proposed_by__person__in=mine) & ~Q(client__owner__person__in=mine)
    return visible_to(actor).filter(apart, state=EndpointState.PROPOSED)


def disabled(actor: Actor) -> QuerySet[Endpoint]:
    """Endpoints that stopped by themselves and wait for somebody."""
    return visible_to(actor).filter(state=EndpointState.DISABLED)


def deliveries(endpoints: QuerySet[Endpoint], state: str = "") -> QuerySet[Delivery]:
    """What was sent to these, newest first, each with its last try."""
    last = Attempt.objects.filter(delivery=OuterRef("pk")).order_by("-id")
    found = (
        Delivery.objects.filter(endpoint__in=endpoints.order_by().values("id"))
        .select_related("endpoint__client")
        .annotate(
            last_outcome=Subquery(last.values("outcome")[:1]), last_status=Subquery(last.values("status")[:1])
        )
        .order_by("-id")
    )
    return found.filter(state=state) if state in Delivery.State.values else found
