"""What the rooms of this app have to tell: roles, limits, connections, factors, departures, security."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.urls import reverse

from shouxin.core.policy import Actor, Permission, Role
from shouxin.core.text import Text
from shouxin.people.connections import queries as connections
from shouxin.people.connections.models import Connection
from shouxin.people.delegations.models import Delegation
from shouxin.people.guarding.models import SecurityNotice
from shouxin.people.joining import queries as joining
from shouxin.people.leaving import queries as leaving
from shouxin.people.leaving.models import Departure
from shouxin.people.models import RoleAssignment, RoleProposal, SightSetting, ThresholdChange
from shouxin.people.notices import queries as notices
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import (
    Found,
    Group,
    Kind,
    Matter,
    actors,
    asked_of,
    end_of,
    register,
    thing_of,
    to_decide,
)
from shouxin.people.second_factor import queries as factors
from shouxin.people.second_factor.models import FactorDemand, FactorReset
from shouxin.people.sights import queries as sights
from shouxin.people.thresholds import queries as thresholds
from shouxin.people.thresholds.rules import thresholds as limits

P = Permission


def _each(
    waiting: Callable[[Actor], Iterable[Any]], path: Callable[[Any], str]
) -> Callable[[Actor], Iterable[Matter]]:
    """One matter for each row that waits, with the day by which a word is expected."""
    return lambda actor: (
        to_decide(thing_of(type(row).__name__, row.pk), path(row), row, name=_name(row))
        for row in waiting(actor)
    )


def _name(row: Any) -> Text | None:
    """Of a limit what it is called."""
    known = limits.get(row.key) if isinstance(row, ThresholdChange) else None
    return known.name if known else None


def _list(name: str, query: str = "") -> Callable[[Any], str]:
    return lambda _row: reverse(f"people:{name}") + (f"?{query}" if query else "")


for _key, _title, _permission, _waiting, _path, _pending in (
    (
        "roles.confirm",
        Text("有角色待您确认", "A role waits for your confirmation"),
        P.PEOPLE_ROLE_CONFIRM,
        joining.confirmable,
        _list("roles_waiting"),
        lambda: RoleAssignment.objects.filter(confirmed_at=None, ended_at=None).exists(),
    ),
    (
        "roles.grant",
        Text("有提议的角色待您授予", "A proposed role waits for you to grant it"),
        P.PEOPLE_ROLE_GRANT,
        joining.proposals,
        _list("roles_proposed"),
        lambda: RoleProposal.objects.filter(decided_at=None).exists(),
    ),
    (
        "sights.confirm",
        Text("有可见范围待您确认", "A setting of whose customers are seen waits for your confirmation"),
        P.PEOPLE_SIGHT_CONFIRM,
        sights.waiting,
        _list("sights"),
        lambda: SightSetting.objects.filter(confirmed_at=None, ended_at=None).exists(),
    ),
    (
        "thresholds.confirm",
        Text("有限额或期限的变更待您确认", "A change of a limit waits for your confirmation"),
        P.PEOPLE_THRESHOLD_CONFIRM,
        thresholds.awaiting,
        lambda row: reverse("people:threshold", args=[row.key]),
        lambda: ThresholdChange.objects.filter(state="waiting").exists(),
    ),
    (
        "connections.confirm",
        Text("有外部连接待您确认", "A connection waits for your confirmation"),
        P.PEOPLE_CONNECTION_APPROVE,
        connections.awaiting,
        lambda row: reverse("people:connection", args=[row.id]),
        lambda: Connection.objects.filter(Q(state="drafted") | Q(draft__isnull=False)).exists(),
    ),
    (
        "factors.reset",
        Text("有二次认证的重置待您确认", "A reset of a second factor waits for your confirmation"),
        P.PEOPLE_FACTOR_CONFIRM,
        factors.awaiting,
        lambda row: reverse("people:factor_reset", args=[row.id]),
        lambda: FactorReset.objects.filter(state="waiting").exists(),
    ),
    (
        "factors.release",
        Text(
            "有角色不再要求二次认证，待您确认",
            "That a role needs no second factor any more waits for your confirmation",
        ),
        P.PEOPLE_FACTOR_CONFIRM,
        factors.releases_awaiting,
        _list("factor_demands"),
        lambda: FactorDemand.objects.filter(release_asked_at__isnull=False).exists(),
    ),
):
    register(
        Kind(
            _key,
            Group.APPROVAL,
            _title,
            asked_of(_permission, _each(_waiting, _path), pending=_pending),
            mail=True,
            permission=_permission,
        )
    )


def _decided_thresholds(now: datetime) -> Found:
    path = reverse("people:thresholds")
    decided = ThresholdChange.objects.filter(
        state__in=["in_force", "refused", "replaced"], decided_at__gte=now - rules.HAPPENED
    )
    return ((row.asked_by_id, Matter(row.id, path)) for row in decided)


register(
    Kind(
        "thresholds.decided",
        Group.RESULT,
        Text("您提出的限额或期限变更已有结果", "The change of a limit that you asked for was decided"),
        _decided_thresholds,
        standing=False,
    )
)


def _departures(actor: Actor) -> Iterable[Matter]:
    path = f"{reverse('people:departures')}?state=open"
    for row in leaving.listed(actor, "open"):
        yield Matter(row.id, path, due=end_of(row.last_day), since=row.announced_at)


register(
    Kind(
        "departures.open",
        Group.DUE,
        Text("有人预告离职，临近最后工作日", "A last working day that was announced is near"),
        asked_of(
            P.PEOPLE_DEPARTURE_ANNOUNCE,
            _departures,
            pending=lambda: Departure.objects.filter(leaving.OPEN).exists(),
        ),
        permission=P.PEOPLE_DEPARTURE_ANNOUNCE,
        slow=True,
    )
)


def _delegations(_now: datetime) -> Found:
    """Both who gave it and who took it."""
    for row in Delegation.objects.filter(ended_at__isnull=True):
        path = reverse("people:delegation", args=[row.id])
        matter = Matter(row.id, path, due=row.until, since=row.given_at)
        yield row.giver_id, matter
        yield row.deputy_id, matter


register(
    Kind(
        "delegations.open",
        Group.DUE,
        Text("委托代理：您是委托人或代理人", "A delegation: you gave or took it"),
        _delegations,
        slow=True,
    )
)


def _security(_now: datetime) -> Found:
    path = reverse("people:guard_notices")
    for key, staff in SecurityNotice.objects.filter(seen_at__isnull=True).values_list("id", "staff_id"):
        yield staff, Matter(key, path)


register(
    Kind(
        "security.account",
        Group.SECURITY,
        Text("有新的安全提醒", "There is a new security notice"),
        _security,
    )
)


def _sights(now: datetime) -> Found:
    """To the person: whose customers they see was changed, or is as their roles give it again."""
    since = now - rules.HAPPENED
    for one in SightSetting.objects.filter(confirmed_at__gte=since).exclude(set_by=F("staff")):
        yield one.staff_id, Matter(one.id, reverse("people:sight", args=[one.staff_id]), step="began")
    ended = SightSetting.objects.filter(ended_at__gte=since, confirmed_at__isnull=False)
    followed = SightSetting.objects.filter(confirmed_at__gte=since).values("staff_id")
    for one in ended.exclude(staff_id__in=followed):
        yield one.staff_id, Matter(one.id, reverse("people:sight", args=[one.staff_id]), step="ended")


register(
    Kind(
        "sights.changed",
        Group.RESULT,
        Text("您能看到的客户范围有变化", "Whose customers you see has changed"),
        _sights,
        standing=False,
    )
)


def _undeliverable(_now: datetime) -> Found:
    """The person, at their own settings, and every system administrator, at the page of ways out."""
    mine, all_of = reverse("people:notice_settings"), reverse("people:notice_channels")
    failing = list(notices.failing().values_list("id", "staff_id"))
    administrators = actors(frozenset({Role.SYSTEM_ADMIN.value})) if failing else []
    for key, staff in failing:
        yield staff, Matter(key, mine)
    for actor in administrators:
        yield actor.id, Matter(thing_of("undeliverable"), all_of, count=len(failing))


register(
    Kind(
        "notices.failing",
        Group.RESULT,
        Text("有通知没有送达，请查看原因", "Notices did not arrive; see why"),
        _undeliverable,
    )
)
