"""Reading API clients, limited to those the actor answers for, and the names behind their pseudonyms."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from shouxin.access.clients.models import ApiClient, ClientState, TurnedAway
from shouxin.access.clients.rules import day_of
from shouxin.core.policy import Actor, Permission, PurposeRule, PurposeStatus, Role
from shouxin.gate import facts
from shouxin.people import queries as people
from shouxin.people.models import Department, Staff

WIDE = frozenset({Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})


def visible_to(actor: Actor) -> QuerySet[ApiClient]:
    """A head's own departments' clients; all for those who oversee; always those one answers for."""
    found = (
        ApiClient.objects.select_related("owner", "department", "proposed_by", "decided_by")
        .annotate(last_used=Max("uses__last_at"))
        .order_by("-proposed_at", "-id")
    )
    if actor.roles & WIDE:
        return found
    return found.filter(
        Q(owner_id=actor.id) | Q(proposed_by_id=actor.id) | Q(department_id__in=actor.department_ids)
    )


def awaiting(actor: Actor) -> QuerySet[ApiClient]:
    """What `actor` could decide now (待我审批)."""
    if not actor.may(Permission.API_CLIENT_APPROVE):
        return ApiClient.objects.none()
    apart = ~Q(owner_id=actor.id) & ~Q(proposed_by_id=actor.id)
    return visible_to(actor).filter(apart, state=ClientState.PROPOSED)


def departments_for(actor: Actor) -> list[tuple[str, str]]:
    """Where `actor` may propose a client, as (id, name)."""
    found = Department.objects.filter(is_active=True).order_by("name")
    if Role.SECURITY_ADMIN not in actor.roles:
        found = found.filter(id__in=actor.department_ids)
    return [(str(key), name) for key, name in found.values_list("id", "name")]


def owners_for(actor: Actor) -> list[tuple[str, str]]:
    """Who may answer for a client of the departments that `actor` may propose for, as (id, name)."""
    places = [key for key, _ in departments_for(actor)]
    found = Staff.objects.filter(is_active=True, department_id__in=places).order_by("display_name")
    return [(str(key), name) for key, name in found.values_list("id", "display_name")]


def purposes() -> list[PurposeRule]:
    """The purposes a client may be bound to: active ones that people act for."""
    return [
        rule
        for rule in facts.rules["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and rule.roles
    ]


def turned_away(client: ApiClient, limit: int = 10) -> list[TurnedAway]:
    """The latest refusals at the door of this client's token."""
    return list(client.turned_away.order_by("-last_at")[:limit])


def rows_today(client: ApiClient, now: datetime) -> int:
    """How many customers the client has read and written today."""
    return client.uses.filter(day=day_of(now)).values_list("rows", flat=True).first() or 0


def names(pseudonyms: Collection[UUID]) -> Mapping[UUID, str]:
    """The names of the programs behind these pseudonyms."""
    return dict(ApiClient.objects.filter(pseudonym__in=pseudonyms).values_list("pseudonym", "name"))


people.name_sources.register("api clients", names)
