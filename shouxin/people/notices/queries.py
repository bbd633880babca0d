"""Reading one's own notices; and, for system administrators, whether the ways out of the house work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.core.text import Text
from shouxin.people.models import Staff
from shouxin.people.notices import rules
from shouxin.people.notices.kinds import Group, Kind, kinds
from shouxin.people.notices.models import Address, Delivery, Notice, RobotHost

MOST_COUNTED = 99
IN_MENU = 6
SHOWS = ("unread", "all", "approval", "due", "result", "security")


@dataclass(frozen=True, slots=True)
class Bell:
    """What the head of every page shows: how many are unread, and the latest of them."""

    count: int
    more: bool
    latest: tuple[Notice, ...]


def bell(staff: UUID) -> Bell:
    """One statement, by an index that holds unread notices alone, and never more than a hundred of them."""
    unread = _of(staff).filter(read_at__isnull=True, closed_at__isnull=True)
    found = list(unread.order_by("-id")[: MOST_COUNTED + 1])
    return Bell(min(len(found), MOST_COUNTED), len(found) > MOST_COUNTED, tuple(found[:IN_MENU]))


def listed(actor: Actor, show: str) -> QuerySet[Notice]:
    """The actor's own notices: those unread, of one group, or all."""
    found = _of(actor.id)
    if show == "unread":
        return found.filter(read_at__isnull=True, closed_at__isnull=True)
    if show in set(Group):
        return found.filter(kind__in=[one.key for one in kinds.values() if one.group == show])
    return found


def _of(staff: UUID) -> QuerySet[Notice]:
    return Notice.objects.filter(recipient_id=staff, shown=True)


def addresses(actor: Actor) -> dict[str, Address]:
    """The actor's own addresses, by channel."""
    found = Address.objects.filter(staff_id=actor.id).select_related("host")
    return {one.channel: one for one in found}


def kinds_for(actor: Actor) -> list[tuple[Group, list[Kind]]]:
    """The kinds that `actor` may be told of, group by group."""
    theirs = [one for one in kinds.values() if one.permission is None or actor.may(one.permission)]
    return [(group, [one for one in theirs if one.group is group]) for group in Group]


def hosts() -> list[RobotHost]:
    """The hosts whose robots may be told."""
    return list(RobotHost.objects.filter(ended_at=None).select_related("allowed_by").order_by("host"))


def failing() -> QuerySet[Address]:
    """Addresses that did not take the last messages."""
    return Address.objects.filter(
        failures__gte=rules.FAILING, staff__is_active=True, confirmed_at__isnull=False
    ).select_related("staff")


@dataclass(frozen=True, slots=True)
class Traffic:
    """How much waits, left and failed of late."""

    waiting: int
    overdue: int
    sent: int
    failed: int
    reachable: int
    people: int


def traffic(actor: Actor, now: datetime) -> Traffic:
    """The state of sending, for system administrators; no address and no person."""
    actor.require(Permission.PEOPLE_NOTICE_MANAGE)
    lately = Delivery.objects.filter(at__gte=now - timedelta(days=7))
    counts = dict(lately.values_list("state").annotate(count=Count("id")))
    return Traffic(
        waiting=Delivery.objects.filter(state=Delivery.State.WAITING).count(),
        overdue=overdue(now),
        sent=counts.get(Delivery.State.SENT, 0),
        failed=counts.get(Delivery.State.FAILED, 0),
        reachable=Address.objects.filter(channel="mail", confirmed_at__isnull=False).count(),
        people=Staff.objects.filter(is_active=True).count(),
    )


def overdue(now: datetime) -> int:
    """What should have left a while ago and was not even tried again: the worker stands still."""
    return Delivery.objects.filter(state=Delivery.State.WAITING, next_at__lt=now - rules.STUCK).count()


def problem(now: datetime) -> Text | None:
    """What `doctor` and the system page say of the queue."""
    late = overdue(now)
    if late:
        return Text(
            f"有 {late} 条通知超过 {int(rules.STUCK.total_seconds() // 60)} 分钟没有发出，请检查后台任务和邮件服务器。",
            f"{late} notices should have left more than {int(rules.STUCK.total_seconds() // 60)} minutes ago. Look at "
            "the background jobs and the mail server.",
        )
    return None


def owners_of(addresses: Iterable[Address]) -> list[tuple[str, Address]]:
    """Who cannot be told, by name."""
    return [(one.staff.display_name, one) for one in addresses]
