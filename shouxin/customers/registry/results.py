"""The hits of a search between its pages: ids alone, for a short while, under a token only the searcher has.

What was typed is kept nowhere. Every page asks again which of the hits the reader may see.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.policy import Actor
from shouxin.customers.registry.models import SearchResult

LIFE = timedelta(minutes=15)
TOKEN_BYTES = 24


@dataclass(frozen=True, slots=True)
class Wanted:
    """The hits of one search, newest customer first, and the keyed digest of what was asked."""

    purpose: str
    ids: tuple[UUID, ...]
    digest: str
    crowd: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where the next page begins: the token of the search, and the last customer shown."""

    token: str
    after: UUID


@dataclass(frozen=True, slots=True)
class Page:
    wanted: Wanted
    ids: tuple[UUID, ...]
    following: Place | None


def first(actor: Actor, wanted: Wanted, most: int, now: datetime) -> Page:
    """The first page; the hits are kept when there are more than it shows."""
    ids = wanted.ids[:most]
    if not ids or len(wanted.ids) <= most:
        return Page(wanted, ids, None)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        forget(now)
        SearchResult.objects.create(
            token=_digest(token),
            reader=actor.id,
            purpose=wanted.purpose,
            digest=wanted.digest,
            crowd=wanted.crowd,
            customers=list(wanted.ids),
            expires_at=now + LIFE,
        )
    return Page(wanted, ids, Place(token, ids[-1]))


def next_page(actor: Actor, token: str, after: UUID | None, most: int, now: datetime) -> Page | None:
    """The page behind `after`; None when the search is over, or was somebody else's."""
    kept = SearchResult.objects.filter(token=_digest(token), reader=actor.id, expires_at__gt=now).first()
    if kept is None:
        return None
    wanted = Wanted(kept.purpose, tuple(kept.customers), kept.digest, crowd=kept.crowd)
    left = [one for one in wanted.ids if after is None or one < after]
    ids = tuple(left[:most])
    return Page(wanted, ids, Place(token, ids[-1]) if ids and len(left) > most else None)


def forget(now: datetime) -> None:
    """Drop what is over."""
    SearchResult.objects.filter(expires_at__lte=now).delete()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
