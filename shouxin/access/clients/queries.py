"""Reading API clients, limited to those the actor answers for, and the names behind their pseudonyms."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max, Q, QuerySet

from shouxin.access.clients.models import ApiClient, ClientChange, ClientState, ClientToken, TurnedAway
from shouxin.access.clients.rules import RIGHTS, day_of
from shouxin.core.policy import Actor, Permission, PurposeRule, PurposeStatus, Role
from shouxin.gate import facts
from shouxin.people import queries as people
from shouxin.people.models import Department, Staff

SOON = timedelta(days=30)
WIDE = frozenset({Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR})


def visible_to(actor: Actor) -> QuerySet[ApiClient]:
    """A head's own departments' clients; all for those who oversee; always those one answers for."""
    found = (
        ApiClient.objects.select_related("owner", "department", "proposed_by", "decided_by")
        .annotate(last_used=Max("tokens__last_at"))
        .order_by("-proposed_at", "-id")
    )
    if actor.roles & WIDE:
        return found
    return found.filter(
        Q(owner_id=actor.id) | Q(proposed_by_id=actor.id) | Q(department_id__in=actor.department_ids)
    )


def asked_by(actor: Actor) -> QuerySet[ApiClient]:
    """What `actor` asked for and nobody decided on yet (我的申请)."""
    return visible_to(actor).filter(state=ClientState.PROPOSED, proposed_by_id=actor.id)


def ending(actor: Actor, now: datetime) -> QuerySet[ApiClient]:
    """Programs whose term ends within a month, the soonest first."""
    found = visible_to(actor).filter(state=ClientState.APPROVED, ends_at__gt=now, ends_at__lte=now + SOON)
    return found.order_by("ends_at", "id")


def awaiting(actor: Actor) -> QuerySet[ApiClient]:
    """The clients of which `actor` could decide something now (待我审批): themselves, or a change of theirs."""
    if not actor.may(Permission.API_CLIENT_APPROVE):
        return ApiClient.objects.none()
    mine = people.person_of(actor)
    change = ClientChange.objects.filter(state=ClientChange.State.PROPOSED).exclude(
        proposed_by__person__in=mine
    )
    return (
        visible_to(actor)
        .exclude(owner__person__in=mine)
        .filter(
            (Q(state=ClientState.PROPOSED) & ~Q(proposed_by__person__in=mine))
            | Q(state=ClientState.APPROVED, id__in=change.values("client_id"))
        )
    )


def may_decide(actor: Actor, client: ApiClient) -> bool:
    """Whether the proposal of this client is `actor`'s to decide."""
    return client.state == ClientState.PROPOSED and awaiting(actor).filter(id=client.id).exists()


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A change with what `actor` may do about it."""

    change: ClientChange
    may_decide: bool
    may_withdraw: bool


def changes_of(actor: Actor, client: ApiClient, limit: int = 20) -> list[ChangeLine]:
    """Changes asked for, newest first."""
    mine = people.person_of(actor).first()
    decides = (
        actor.may(Permission.API_CLIENT_APPROVE)
        and client.owner.person != mine
        and client.state == ClientState.APPROVED
    )
    rows = client.changes.select_related("proposed_by", "decided_by").order_by("-proposed_at", "-id")[:limit]
    return [
        ChangeLine(
            row,
            may_decide=decides and waits and row.proposed_by.person != mine,
            may_withdraw=waits and row.proposed_by_id == actor.id,
        )
        for row in rows
        for waits in [row.state == ClientChange.State.PROPOSED]
    ]


@dataclass(frozen=True, slots=True)
class TokenLine:
    """A token as a screen shows it; `works` is whether it opens anything now."""

    token: ClientToken
    works: bool


def tokens_of(client: ApiClient, now: datetime) -> list[TokenLine]:
    """All tokens there were, newest first."""
    rows = client.tokens.select_related("asked_by", "approved_by", "ended_by").order_by("-issued_at", "-id")
    return [TokenLine(row, row.ended_at is None and (row.until is None or row.until > now)) for row in rows]


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
    """The purposes a client may be bound to: active ones that people act for, and the one to hand in requests under."""
    return [
        rule
        for rule in facts.rules["rulebook"].purposes()
        if rule.status is PurposeStatus.ACTIVE and (rule.roles or rule.key == RIGHTS)
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


def accounts(ids: Collection[UUID]) -> Mapping[UUID, tuple[str, UUID]]:
    """Of the programs among `ids`: their name and who answers for them."""
    found = ApiClient.objects.filter(id__in=ids).values_list("id", "name", "owner_id")
    return {key: (name, owner) for key, name, owner in found}


people.other_accounts.register("api clients", accounts)
