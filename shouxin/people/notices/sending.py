"""Sending what waits: once, with tries further and further apart; may be cut off anywhere and done by two at once.

What is being sent stays locked until it is written down as sent. A worker killed between the two sends again, with the
same Message-ID; nothing is lost, and nothing is sent by two. A mail server that has the text and falls silent may have
taken it: that mail is not sent again, it stands as not known to have arrived.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from shouxin.kit import mail
from shouxin.people.models import Staff
from shouxin.people.notices import choosing, rules, wording
from shouxin.people.notices.kinds import Group, kinds
from shouxin.people.notices.models import Address, Channel, Delivery, Notice
from shouxin.people.notices.posting import NotDelivered, hand_over
from shouxin.people.queries import actor_of

State = Delivery.State
MOST = 500  # in one run of the job; the next minute goes on
UNCLEAR = "unclear"
SERVER_AWAY = frozenset({"not-configured", "settings", "unencrypted", "unreachable", UNCLEAR})
DIGEST_TRIES = 4  # about two and a half hours: then the morning is over


def send_due(*, now: datetime) -> int:
    """Everything whose time has come, person by person; how many messages left.

    When the mail server itself is away nobody else's mail is tried this time: one waits for it, not all in turn.
    """
    sent, away = 0, set[str]()
    for _ in range(MOST):
        with transaction.atomic():
            first = _due(now).exclude(channel__in=away).order_by("next_at", "id").first()
            if first is None:
                break
            try:
                sent += _send(_together(first, now), now)
            except _ServerAway:
                away.add(first.channel)
    return sent


class _ServerAway(Exception):
    """Nothing goes this way at the moment, whoever it is for; the failure is written down."""


def _due(now: datetime) -> QuerySet[Delivery]:
    """What waits and nobody else is sending."""
    return Delivery.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        state=State.WAITING, next_at__lte=now
    )


def _together(first: Delivery, now: datetime) -> list[Delivery]:
    """What goes to the same person by the same way now: one mail, not ten. A digest goes alone."""
    if first.day is not None:
        return [first]
    same = _due(now).filter(recipient_id=first.recipient_id, channel=first.channel, day__isnull=True)
    found = list(same.order_by("id")[: rules.AT_ONCE])
    return found if first in found else [first, *found[:-1]]


def _send(deliveries: Sequence[Delivery], now: datetime) -> int:
    """Send some deliveries of one person as one message, or say why they need not leave."""
    first = deliveries[0]
    staff = Staff.objects.filter(id=first.recipient_id, is_active=True, suspended_at__isnull=True).first()
    address = (
        Address.objects.select_related("host")
        .filter(staff_id=first.recipient_id, channel=first.channel, confirmed_at__isnull=False)
        .first()
    )
    if staff is None or address is None:
        return _drop(deliveries, now)
    message = _digest(staff, now) if first.day is not None else _notices(deliveries, now)
    if message is None:
        return _drop(deliveries, now)
    dropped = [one for one in deliveries if one.id not in message.of]
    _drop(dropped, now)
    leaving = [one for one in deliveries if one.id in message.of] if first.day is None else [first]
    try:
        hand_over(
            address,
            subject=message.subject,
            body=message.body,
            key=str(leaving[0].id),
            patience=mail.PATIENCE,
        )
    except NotDelivered as problem:
        _failed(leaving, address, problem.code, now)
        if first.channel == Channel.MAIL and problem.code in SERVER_AWAY:
            raise _ServerAway from None
        return 0
    _sent(leaving, address, now)
    return 1


@dataclass(frozen=True, slots=True)
class Message:
    """A text, and which deliveries it carries."""

    subject: str
    body: str
    of: frozenset[UUID]


def _notices(deliveries: Sequence[Delivery], now: datetime) -> Message | None:
    """The notices that nobody has read or dealt with meanwhile."""
    wish = choosing.wish_of(deliveries[0].recipient_id)
    open_ones = Notice.objects.filter(
        id__in=[one.notice_id for one in deliveries], read_at__isnull=True, closed_at__isnull=True
    ).order_by("id")
    found = list(open_ones)
    if not found:
        return None
    wanted = {notice.id for notice in found}
    lines = wording.lines_of(found, wish.language, wish.zone, now)
    return Message(
        wording.subject(len(found)).in_(wish.language),
        wording.body(lines, wish.language),
        frozenset(one.id for one in deliveries if one.notice_id in wanted),
    )


def _digest(staff: Staff, now: datetime) -> Message | None:
    """What waits for somebody this morning and what ends; nothing where there is nothing."""
    wish = choosing.wish_of(staff.id)
    waits = wording.waiting(actor_of(staff), wish.language)
    # What waits to be decided is counted above, with its day on the page it opens.
    ending = [kind.key for kind in kinds.values() if kind.group is Group.DUE]
    due = Notice.objects.filter(
        recipient_id=staff.id, kind__in=ending, closed_at__isnull=True, due_at__isnull=False
    )
    ends = wording.ending(due.order_by("due_at", "id"), wish.language, wish.zone, now)
    if not waits and not ends:
        return None
    count = sum(line.count for line in (*waits, *ends))
    text = wording.body([], wish.language, (wording.WAITS, waits), (wording.ENDS, ends))
    return Message(wording.digest_subject(count).in_(wish.language), text, frozenset())


def queue_digests(*, now: datetime) -> int:
    """One digest for everybody whose hour has come on a working day of theirs, unless they had it; how many."""
    asked = list(
        Address.objects.filter(
            channel=Channel.MAIL,
            confirmed_at__isnull=False,
            staff__is_active=True,
            staff__suspended_at__isnull=True,
        ).values_list("staff_id", flat=True)
    )
    new = []
    for staff, wish in choosing.wishes(asked).items():
        if wish.digest_hour is None or Channel.MAIL not in wish.reachable:
            continue
        day = rules.digest_day(now, wish.zone, wish.digest_hour)
        if day is not None:
            new.append(Delivery(recipient_id=staff, channel=Channel.MAIL, day=day, at=now, next_at=now))
    had = set(
        Delivery.objects.filter(
            recipient_id__in=[one.recipient_id for one in new], day__in={one.day for one in new}
        ).values_list("recipient_id", "day")
    )
    new = [one for one in new if (one.recipient_id, one.day) not in had]
    with transaction.atomic():
        Delivery.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def _sent(deliveries: Sequence[Delivery], address: Address, now: datetime) -> None:
    _update(deliveries, state=State.SENT, done_at=now, outcome="")
    if address.failures:
        Address.objects.filter(id=address.id).update(failures=0, outcome="", failed_at=None)


def _failed(deliveries: Sequence[Delivery], address: Address, code: str, now: datetime) -> None:
    """Try again later, or give up; either way the person and the system administrators can see it."""
    for one in deliveries:
        wait = rules.wait_after(one.tries + 1)
        one.tries, one.outcome = one.tries + 1, code
        too_late = one.day is not None and one.tries >= DIGEST_TRIES
        if wait is None or code == UNCLEAR or too_late:
            one.state, one.done_at = State.FAILED, now
        else:
            one.next_at = now + wait
        one.save(update_fields=["tries", "outcome", "state", "done_at", "next_at"])
    Address.objects.filter(id=address.id).update(failures=F("failures") + 1, outcome=code, failed_at=now)


def _drop(deliveries: Sequence[Delivery], now: datetime) -> int:
    _update(deliveries, state=State.DROPPED, done_at=now)
    return 0


def _update(deliveries: Sequence[Delivery], **values: object) -> None:
    if deliveries:
        Delivery.objects.filter(id__in=[one.id for one in deliveries]).update(**values)
