"""Arranging one's own lists. How somebody likes to look at a list is told to nobody, the journal included."""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy

from shouxin.core.identifiers import recognise
from shouxin.core.policy import Actor
from shouxin.kit import ids, lists, sealing
from shouxin.people.lists import secrets as sealed
from shouxin.people.lists.models import NAME_LENGTH, ListLook, ListQuery, SavedFilter

LIFE = timedelta(hours=12)
TOKEN_BYTES = 24
MOST = 20  # filters of one list that somebody keeps
PROBLEMS = {
    "size.unknown": gettext_lazy("请选择每页行数。"),
    "query.empty": gettext_lazy("还没有筛选条件，先筛选再保存。"),
    "name.missing": gettext_lazy("请给这个筛选起一个名称。"),
    "name.identifier": gettext_lazy("名称中含有电话、证件号等个人信息，请换一个名称。"),
    "filters.many": gettext_lazy("一个列表最多保存 20 个筛选，请先删去不用的。"),
    "keys.unavailable": gettext_lazy(
        "密钥服务现在不可用，填写的筛选内容不能保存或打开。只用下拉项可以照常筛选；请告知系统管理员。"
    ),
}


TYPED_LENGTH = 100


class ListProblem(Exception):
    """It cannot be kept; `code` names why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def choose_look(*, actor: Actor, key: str, shown: Sequence[str], size: int) -> ListLook:
    """Show these columns of the list, and so many rows on a page."""
    listed = _listed(key)
    if size not in listed.sizes:
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
        ListProblem: there is nothing to keep, no name, a name that tells of a person, too many are kept, or what was
            typed cannot be sealed now.
    """
    listed, called = _listed(key), storable(name)[:NAME_LENGTH]
    kept = _kept(listed, query)
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
        found = next((one for one in mine if one.name == called), None)
        found = found or SavedFilter(staff_id=actor.id, list_key=key, name=called)
        found.query, found.sealed = _parted(found.id, listed, kept)
        found.opens, found.saved_at = opens, now
        found.save()
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
    """Keep what a list is narrowed to; the token it is found by. What is over is dropped on the way.

    Raises:
        ListProblem: what was typed cannot be sealed now.
    """
    listed, token, row = _listed(key), secrets.token_urlsafe(TOKEN_BYTES), ids.new()
    codes, typed = _parted(row, listed, _kept(listed, query))
    with transaction.atomic():
        ListQuery.objects.filter(expires_at__lte=now).delete()
        ListQuery.objects.create(
            id=row,
            token=digest_of(token),
            reader=actor.id,
            list_key=key,
            query=codes,
            sealed=typed,
            expires_at=now + LIFE,
        )
    return token


def _kept(listed: lists.Listed, query: Mapping[str, str]) -> dict[str, str]:
    """What the list knows of `query`, as far as it can be kept."""
    found = {one: storable(query.get(one, ""))[:TYPED_LENGTH] for one in (*listed.filters, "sort")}
    return {one: text for one, text in found.items() if text}


def storable(typed: str) -> str:
    """What a database takes of it: no form that a browser fills in holds a NUL."""
    return typed.replace("\0", "").strip()


def _parted(row: UUID, listed: lists.Listed, query: Mapping[str, str]) -> tuple[dict[str, str], bytes | None]:
    try:
        return sealed.parted(row, listed, query)
    except sealing.Unavailable:
        raise ListProblem("keys.unavailable") from None


def digest_of(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _listed(key: str) -> lists.Listed:
    try:
        return lists.known[key]
    except KeyError:
        raise ListProblem("list.unknown") from None
