"""Looking for what there is to tell and telling it once: may be cut off anywhere, and done by two at once."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from uuid import UUID

import structlog
from django.db import DatabaseError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet

from shouxin.kit import ids
from shouxin.people import doors
from shouxin.people.models import Staff
from shouxin.people.notices import choosing, rules
from shouxin.people.notices.choosing import Ways, Wish
from shouxin.people.notices.kinds import Kind, Matter, kinds
from shouxin.people.notices.models import Channel, Delivery, Notice
from shouxin.people.queries import actor_of

LONGEST = 200  # of a name

log = structlog.get_logger(__name__)
Told = dict[tuple[UUID, UUID], set[str]]  # recipient and thing, with the steps told


def look(*, now: datetime, slow: bool = True) -> int:
    """Every kind once; how many notices are new. One room's fault does not keep the others from being told."""
    made = 0
    for kind in [one for one in kinds.values() if slow or not one.slow]:
        try:
            made += look_for(kind, now=now)
        except (OperationalError, InterfaceError):
            raise  # the database is away: the whole job is done again
        except (DatabaseError, ArithmeticError, LookupError, TypeError, ValueError, AttributeError):
            log.exception("a kind of notices could not be looked for", kind=kind.key)
    return made


@transaction.atomic
def look_for(kind: Kind, *, now: datetime) -> int:
    """Tell what stands of one kind to whoever was not told, and close what stands no more; how many are new."""
    found = _found(kind, now)
    told = _told(kind, found)
    wishes = choosing.wishes({recipient for recipient, _thing in found})
    new = [
        notice
        for (recipient, thing), matter in found.items()
        for notice in _steps(kind, recipient, matter, told.get((recipient, thing), set()), wishes, now)
    ]
    made = _tell(kind, new, wishes, now)
    if kind.standing:
        _close(_left(kind, found), now)
    return made


def _found(kind: Kind, now: datetime) -> dict[tuple[UUID, UUID], Matter]:
    """What stands, for those who are at work and may open its page: nobody is told of what is closed to them."""
    found = {(recipient, matter.thing): matter for recipient, matter in kind.find(now)}
    at_work = Staff.objects.filter(
        id__in={recipient for recipient, _thing in found}, is_active=True, suspended_at__isnull=True
    )
    held = {staff.id: actor_of(staff).permissions for staff in at_work}
    opens = cache(doors.opens_to)
    return {
        (recipient, thing): matter
        for (recipient, thing), matter in found.items()
        if recipient in held and opens(held[recipient], matter.path)
    }


def _told(kind: Kind, found: Iterable[tuple[UUID, UUID]]) -> Told:
    things = {thing for _recipient, thing in found}
    told: Told = {}
    if things:
        rows = Notice.objects.filter(kind=kind.key, thing__in=things)
        for recipient, thing, step in rows.values_list("recipient_id", "thing", "step"):
            told.setdefault((recipient, thing), set()).add(step)
    return told


def _steps(
    kind: Kind,
    recipient: UUID,
    matter: Matter,
    told: set[str],
    wishes: dict[UUID, Wish],
    now: datetime,
) -> list[Notice]:
    """The step that stands now for one thing and one person, unless it was told already."""
    step = None
    if matter.due is not None:
        zone = wishes[recipient].zone
        step = rules.reminder(due=matter.due, since=matter.since, now=now, zone=zone)
    if step is None and kind.first:
        step = matter.step or rules.NEW
    if step is None or step in told:
        return []
    return [
        Notice(
            id=ids.new(),
            recipient_id=recipient,
            kind=kind.key,
            thing=matter.thing,
            step=step,
            due_at=matter.due,
            count=matter.count,
            path=matter.path,
            name_zh=matter.name.zh[:LONGEST] if matter.name else "",
            name_en=matter.name.en[:LONGEST] if matter.name else "",
            at=now,
        )
    ]


def _tell(kind: Kind, new: list[Notice], wishes: dict[UUID, Wish], now: datetime) -> int:
    """Write the notices down; whoever came first wrote the others, and sends them."""
    if not new:
        return 0
    ways = choosing.ways(kind, {notice.recipient_id for notice in new})
    for notice in new:
        notice.shown = ways[notice.recipient_id].shown
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    mine = set(Notice.objects.filter(id__in=[notice.id for notice in new]).values_list("id", flat=True))
    new = [notice for notice in new if notice.id in mine]
    for notice in new:
        earlier = Notice.objects.filter(
            recipient_id=notice.recipient_id, kind=kind.key, thing=notice.thing, closed_at__isnull=True
        )
        _close(earlier.exclude(id=notice.id), now)
    Delivery.objects.bulk_create(
        delivery
        for notice in new
        for delivery in _ways_out(kind, notice, ways[notice.recipient_id], wishes[notice.recipient_id], now)
    )
    return len(new)


def _ways_out(kind: Kind, notice: Notice, ways: Ways, wish: Wish, now: datetime) -> list[Delivery]:
    """What is urgent leaves at once; the rest waits until the person's quiet hours are over."""
    wanted = [
        channel
        for channel, on in ((Channel.MAIL, ways.mail), (Channel.ROBOT, ways.robot))
        if on and channel in wish.reachable
    ]
    at = now if kind.urgent else rules.undisturbed(now, wish.quiet, wish.zone)
    return [
        Delivery(recipient_id=notice.recipient_id, channel=channel, notice=notice, at=now, next_at=at)
        for channel in wanted
    ]


def _left(kind: Kind, found: Iterable[tuple[UUID, UUID]]) -> QuerySet[Notice]:
    """Open notices of what stands no more."""
    standing = set(found)
    gone = [
        key
        for key, recipient, thing in Notice.objects.filter(kind=kind.key, closed_at__isnull=True).values_list(
            "id", "recipient_id", "thing"
        )
        if (recipient, thing) not in standing
    ]
    return Notice.objects.filter(id__in=gone)


def _close(notices: QuerySet[Notice], now: datetime) -> None:
    """Dealt with: off the bell, and what had not left yet does not leave any more."""
    closing = list(notices.values_list("id", flat=True))
    if closing:
        Notice.objects.filter(id__in=closing, closed_at__isnull=True).update(closed_at=now)
        waiting = Delivery.objects.filter(notice_id__in=closing, state=Delivery.State.WAITING)
        waiting.update(state=Delivery.State.DROPPED, done_at=now)
