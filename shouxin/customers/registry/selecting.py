"""Choosing customers in the list over its pages: one by one, or all that a filter leaves but some.

What was chosen stays on the server under a random token, so that neither an address nor a page carries thousands of
ids, and nobody can add to it what they do not see: every use asks again for what is visible.
"""

import hashlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from shouxin.core.policy import Actor
from shouxin.customers.registry import listing, queries
from shouxin.customers.registry.models import Selection
from shouxin.customers.registry.queries import Filters
from shouxin.kit.lists import Count

LIFE = timedelta(hours=4)
TOKEN_BYTES = 24
ONE_BY_ONE = 5_000  # customers that are chosen, or left out, one by one


class SelectionFull(Exception):
    """More were chosen, or left out, one by one than are kept."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """A selection as it stands."""

    everything: bool
    query: Mapping[str, str]
    customers: frozenset[UUID]
    but: frozenset[UUID]

    def holds(self, customer: UUID) -> bool:
        return customer not in self.but if self.everything else customer in self.customers


def begin(*, actor: Actor, query: Mapping[str, str], everything: bool, now: datetime) -> str:
    """A new selection over what `query` leaves; the token it is found by."""
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with transaction.atomic():
        Selection.objects.filter(expires_at__lte=now).delete()
        Selection.objects.create(
            token=_digest(token),
            reader=actor.id,
            everything=everything,
            query=dict(query),
            expires_at=now + LIFE,
        )
    return token


def tick(
    *, actor: Actor, token: str, shown: Collection[UUID], ticked: Collection[UUID], now: datetime
) -> bool:
    """Of the rows of one page, `ticked` belong to the selection and the others do not; False when it is over.

    Raises:
        SelectionFull: more would stand there one by one than are kept.
    """
    with transaction.atomic():
        row = _live(actor, token, now).select_for_update().first()
        if row is None:
            return False
        if row.everything:
            row.but = sorted((set(row.but) - set(ticked)) | (set(shown) - set(ticked)))
        else:
            row.customers = sorted((set(row.customers) - set(shown)) | set(ticked))
        if len(row.but) > ONE_BY_ONE or len(row.customers) > ONE_BY_ONE:
            raise SelectionFull
        row.expires_at = now + LIFE
        row.save(update_fields=["but", "customers", "expires_at"])
    return True


def drop(*, actor: Actor, token: str) -> None:
    Selection.objects.filter(token=_digest(token), reader=actor.id).delete()


def chosen(actor: Actor, token: str, now: datetime) -> Chosen | None:
    """The selection; None when it is over, or somebody else's."""
    row = _live(actor, token, now).first() if token else None
    if row is None:
        return None
    return Chosen(row.everything, dict(row.query), frozenset(row.customers), frozenset(row.but))


def take(*, actor: Actor, token: str, now: datetime) -> Chosen | None:
    """The selection, used up within the caller's transaction: a second taker finds none."""
    row = _live(actor, token, now).select_for_update().first()
    if row is None:
        return None
    row.delete()
    return Chosen(row.everything, dict(row.query), frozenset(row.customers), frozenset(row.but))


def filters_of(query: Mapping[str, str]) -> Filters:
    """What a list is narrowed to; what does not fit is as if it were not there."""
    kinds, states = {"person", "organisation"}, {"open", "unconfirmed"}
    return Filters(
        kind=query.get("kind", "") if query.get("kind") in kinds else "",
        segment=query.get("segment", "")[:40],
        province=query.get("province", "")[:40],
        department=_uuid(query.get("department", "")),
        mine=query.get("mine") == "1",
        visibility=query.get("visibility", "") if query.get("visibility") in states else "",
        responsible=_uuid(query.get("responsible", "")),
    )


def members(actor: Actor, found: Chosen, most: int) -> list[UUID]:
    """The customers of it that the actor sees now, and no more than `most`."""
    if found.everything:
        seen = listing.ids(actor, filters_of(found.query), most=most + len(found.but))
        return [one for one in seen if one not in found.but][:most]
    visible = queries.visible(actor).filter(id__in=found.customers).order_by("-id")
    return list(visible.values_list("id", flat=True)[:most])


def count(actor: Actor, found: Chosen) -> Count:
    """How many it holds, as far as lists count."""
    if not found.everything:
        return Count(len(found.customers))
    known = listing.count(actor, filters_of(found.query))
    return known if known.more else Count(len(members(actor, found, known.number)))


def _live(actor: Actor, token: str, now: datetime) -> QuerySet[Selection]:
    return Selection.objects.filter(token=_digest(token), reader=actor.id, expires_at__gt=now)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
