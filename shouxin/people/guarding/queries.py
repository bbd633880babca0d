"""Asking whether a source is kept out, and reading what the guard has seen."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from shouxin.core.policy import Actor, Permission
from shouxin.kit.sources import source_of
from shouxin.people.guarding import rules
from shouxin.people.guarding.models import Place, SecurityNotice, Source
from shouxin.people.guarding.rules import Kind


def closed_to(*, address: str, account: UUID | None, now: datetime) -> bool:
    """Whether nobody signs in to `account` from `address` now.

    A blocked address is closed to everybody. A slowed one, and an account that is guessed at from many places, stay
    open to those who have been there before: guessing must not lock people out of their own place.
    """
    sources = [source_of(address), *([str(account)] if account else [])]
    shut = Source.objects.filter(kind=Kind.SIGN_IN.value, source__in=sources, until__gt=now)
    rows = list(shut)
    if not rows:
        return False
    if any(rules.is_address(row.source) and row.count == 0 for row in rows):
        return True
    return not _known_place(account, address)


def blocked(*, address: str, now: datetime) -> bool:
    """Whether nobody at all signs in from `address` now."""
    return Source.objects.filter(
        kind=Kind.SIGN_IN.value, source=source_of(address), count=0, until__gt=now
    ).exists()


def _known_place(account: UUID | None, address: str) -> bool:
    network = rules.place_of(address)
    return Place.objects.filter(staff_id=account, network=network).exists() if account and network else False


def token_closed_to(*, address: str, now: datetime) -> bool:
    """Whether no token opens from `address` now."""
    return Source.objects.filter(kind=Kind.TOKEN.value, source=source_of(address), until__gt=now).exists()


def portal_closed_to(*, address: str, now: datetime) -> bool:
    """Whether the customers' door is shut to `address` now."""
    return Source.objects.filter(kind=Kind.PORTAL.value, source=source_of(address), until__gt=now).exists()


def paused_until(account: UUID, now: datetime) -> datetime | None:
    """Until when this account sees no customers, because it looked at too many."""
    rows = Source.objects.filter(kind=Kind.LISTS.value, source=str(account), until__gt=now)
    return rows.values_list("until", flat=True).first()


def sources(actor: Actor, *, state: str = "", now: datetime) -> QuerySet[Source]:
    """What the guard keeps an eye on: what was ever slowed or blocked, newest first."""
    actor.require(Permission.PEOPLE_SOURCE_READ)
    found = Source.objects.filter(Q(slowed_at__isnull=False) | Q(blocked_at__isnull=False))
    found = found.select_related("released_by").order_by("-last_at", "-id")
    return found.filter(until__gt=now) if state == "closed" else found


def notices(actor: Actor) -> QuerySet[SecurityNotice]:
    """What `actor` is told about their own account."""
    return SecurityNotice.objects.filter(staff_id=actor.id).order_by("-id")


def unseen(actor: Actor) -> QuerySet[SecurityNotice]:
    return notices(actor).filter(seen_at__isnull=True)
