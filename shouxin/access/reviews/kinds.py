"""The kinds of rights that are reviewed: which are live, how each reads, how each ends."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Min, Q

from shouxin.access.clients import services as clients
from shouxin.access.clients.models import ApiClient, ClientState
from shouxin.access.grants import services as grants
from shouxin.access.grants.models import StandingGrant
from shouxin.access.grants.models import State as GrantState
from shouxin.access.secrets import queries as secrets
from shouxin.access.secrets import services as secret_services
from shouxin.core.policy import Actor, Role, Sight
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.people import services as people
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.rules import READERS
from shouxin.people.sights import rules as sights
from shouxin.people.sights import services as sight_services


@dataclass(frozen=True, slots=True)
class LiveRight:
    """A right as it stands now: whose, of which department, since when, and the codes that say what it allows."""

    subject: UUID
    holder: UUID
    department: UUID
    since: datetime
    what: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Kind:
    """`live` gives the rights of some departments that work at a moment; `end` ends one, saying who and when."""

    key: str
    name: Text
    live: Callable[[Collection[UUID], datetime], Iterator[LiveRight]]
    end: Callable[[Actor, UUID, datetime], None]


kinds: Registry[Kind] = Registry("kinds of rights")


def live_roles(departments: Collection[UUID], _now: datetime) -> Iterator[LiveRight]:
    found = RoleAssignment.objects.filter(
        staff__department_id__in=departments,
        staff__is_active=True,
        confirmed_at__isnull=False,
        ended_at__isnull=True,
    ).select_related("staff")
    for one in found.order_by("staff__display_name", "role"):
        if one.staff.department_id and one.confirmed_at:
            yield LiveRight(
                one.id, one.staff_id, one.staff.department_id, one.confirmed_at, {"role": one.role}
            )


def live_grants(departments: Collection[UUID], now: datetime) -> Iterator[LiveRight]:
    found = StandingGrant.objects.filter(
        staff__department_id__in=departments, state=GrantState.ACTIVE, until__gt=now
    ).select_related("staff")
    for one in found.order_by("staff__display_name", "purpose"):
        if one.staff.department_id and one.decided_at:
            what = {
                "purpose": one.purpose,
                "fields": list(one.fields),
                "limit": one.daily_limit,
                "until": one.until.isoformat(),
            }
            yield LiveRight(one.id, one.staff_id, one.staff.department_id, one.decided_at, what)


def live_clients(departments: Collection[UUID], now: datetime) -> Iterator[LiveRight]:
    found = ApiClient.objects.filter(
        department_id__in=departments, state=ClientState.APPROVED, ends_at__gt=now
    )
    for one in found.order_by("name"):
        if one.decided_at:
            what = {
                "name": one.name,
                "purposes": list(one.purposes),
                "fields": sorted({*one.readable, *one.writable}),
                "clear": list(one.clear),
                "until": one.ends_at.isoformat(),
            }
            yield LiveRight(one.id, one.owner_id, one.department_id, one.decided_at, what)


def live_sights(departments: Collection[UUID], _now: datetime) -> Iterator[LiveRight]:
    """Whoever reads customers and sees more than the own ones; what lapses is the rest."""
    readers = [role.value for role in READERS]
    found = Staff.objects.filter(
        department_id__in=departments, is_active=True, suspended_at__isnull=True, roles__overlap=readers
    ).annotate(
        reads_since=Min(
            "assignments__confirmed_at",
            filter=Q(assignments__role__in=readers, assignments__ended_at__isnull=True),
        )
    )
    for one in found.order_by("display_name", "id"):
        sight = sights.effective({Role(role) for role in one.roles}, one.sight)
        if sight is not Sight.OWN and one.department_id and one.reads_since:
            yield LiveRight(one.id, one.id, one.department_id, one.reads_since, {"sight": sight.value})


def _end_sight(actor: Actor, subject: UUID, now: datetime) -> None:
    sight_services.lapse(actor=actor, staff_id=subject, now=now)


def live_secrets(departments: Collection[UUID], now: datetime) -> Iterator[LiveRight]:
    """A role of a department named in the register; whoever asked for it is who the line is about."""
    for one in secrets.in_force(now).filter(department_id__in=departments).order_by("role", "id"):
        if one.decided_at:
            what = {"role": one.role, "limit": one.daily_rows, "until": one.until.isoformat()}
            yield LiveRight(one.id, one.asked_by_id, one.department_id, one.decided_at, what)


def _end_secret(actor: Actor, subject: UUID, now: datetime) -> None:
    secret_services.lapse(actor=actor, entry=subject, now=now)


def _end_role(actor: Actor, subject: UUID, _now: datetime) -> None:
    people.lapse_role(actor=actor, assignment_id=subject)


def _end_grant(actor: Actor, subject: UUID, now: datetime) -> None:
    grants.lapse(actor=actor, grant=subject, now=now)


def _end_client(actor: Actor, subject: UUID, now: datetime) -> None:
    clients.lapse(actor=actor, client=subject, now=now)


for _kind in (
    Kind("role", Text("角色", "Role"), live_roles, _end_role),
    Kind("sight", Text("可见范围", "View of customers"), live_sights, _end_sight),
    Kind("grant", Text("常设用数授权", "Standing grant"), live_grants, _end_grant),
    Kind("secret", Text("商业秘密名录", "Register of trade secrets"), live_secrets, _end_secret),
    Kind("client", Text("接口客户端", "API client"), live_clients, _end_client),
):
    kinds.register(_kind.key, _kind)
