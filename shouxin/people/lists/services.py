"""Arranging one's own lists. How somebody likes to look at a list is told to nobody, the journal included."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from shouxin.core.identifiers import recognise
from shouxin.core.policy import Actor
from shouxin.kit import lists
from shouxin.people.lists.models import NAME_LENGTH, ListLook, ListQuery, SavedFilter

LIFE = timedelta(hours=12)
TOKEN_BYTES = 24
MOST = 20  # filters of one list that somebody keeps


class ListProblem(Exception):
    """It cannot be kept; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def choose_look(*, actor: Actor, key: str, shown: Sequence[str], size: int) -> ListLook:
    """Show these columns of the list, and so many rows on a page."""
    listed = _listed(key)
    if size not in lists.SIZES:
        raise ListProblem("size.unknown")
    left_out = [column.key for column in listed.columns if column.key not in shown]
    look, _new = ListLook.objects.update_or_create(
        staff_id=actor.id, list_key=key, defaults={"left_out": left_out, "size": size}
    )
    return look


def save_filter(
    *, actor: Actor, key: str, name: str, query: Mapping[str, str], opens: bool, now: datetime
) -> SavedFilter:
    """Keep `query` by a name; a filter of that name is replaced.

    Raises:
        ListProblem: there is nothing to keep, no name, a name that tells of a person, or too many are kept.
    """
    listed, called = _listed(key), name.strip()[:NAME_LENGTH]
    kept = {one: query[one] for one in (*listed.filters, "sort") if query.get(one)}
    if not kept:
        raise ListProblem("query.empty")
    if not called:
        raise ListProblem("name.missing")
    if recognise(called):
        raise ListProblem("name.identifier")
    with transaction.atomic():
        mine = SavedFilter.objects.select_for_update().filter(staff_id=actor.id, list_key=key)
        names = [one.name for one in mine]
        if called not in names and len(names) >= MOST:
            raise ListProblem("filters.many")
        if opens:
            mine.filter(opens=True).update(opens=False)
        found, _new = SavedFilter.objects.update_or_create(
            staff_id=actor.id,
            list_key=key,
            name=called,
            defaults={"query": kept, "opens": opens, "saved_at": now},
        )
    return found


def forget_filter(*, actor: Actor, saved: UUID) -> bool:
    """Drop one of one's own filters; whether there was one."""
    return bool(SavedFilter.objects.filter(id=saved, staff_id=actor.id).delete()[0])


def open_with(*, actor: Actor, saved: UUID) -> bool:
    """Let the list open with this filter of one's own, or no longer, if it does; whether there is one."""
    with transaction.atomic():
        found = SavedFilter.objects.select_for_update().filter(id=saved, staff_id=actor.id).first()
        if found is None:
            return False
        SavedFilter.objects.filter(staff_id=actor.id, list_key=found.list_key, opens=True).update(opens=False)
        found.opens = not found.opens
        found.save(update_fields=["opens"])
    return True


def keep_query(*, actor: Actor, key: str, query: Mapping[str, str], now: datetime) -> str:
    """Keep what a list is narrowed to; the token it is found by. What is over is dropped on the way."""
    listed, token = _listed(key), secrets.token_urlsafe(TOKEN_BYTES)
    kept = {one: query[one] for one in (*listed.filters, "sort") if query.get(one)}
    with transaction.atomic():
        ListQuery.objects.filter(expires_at__lte=now).delete()
        ListQuery.objects.create(
            token=digest_of(token), reader=actor.id, list_key=key, query=kept, expires_at=now + LIFE
        )
    return token


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _listed(key: str) -> lists.Listed:
    try:
        return lists.known[key]
    except KeyError:
        raise ListProblem("list.unknown") from None
