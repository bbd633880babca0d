"""Changes, sign-ins and freezes in words."""

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.gate.events import field_names
from shouxin.portal.changes import queries
from shouxin.portal.changes.models import Freeze
from shouxin.rights.cases import presenting as cases
from shouxin.rights.cases.models import Case, State

cases.PROBLEMS.update(
    {
        "freeze.open": gettext_lazy(
            "客户否认的更改还没有处理：请先在本页选“恢复更改以前的内容”或“更改属实，恢复使用”，再答复。"
        ),
        "freeze.merge": gettext_lazy(
            "本件里有客户否认的更改，要在本件处理，不能并入别的；可以把别的并入本件。"
        ),
    }
)


def language() -> str:
    return get_language() or "zh-hans"


def _beside(customers: Collection[UUID], fields: Collection[str]) -> str:
    """What else stops with `fields`, by name; nothing where nothing does."""
    found = queries.stopped_beside(customers, fields)
    return field_names(found, language()) if found else ""


def page(found: queries.Shown, me: Actor, session: UUID) -> dict[str, Any]:
    """The person's own page."""
    return {
        "changes": [
            {
                "entry": one.entry,
                "at": one.at,
                "fields": field_names(list(one.fields), language()),
                "beside": _beside([one.customer], one.fields),
                "who": _who(one.by, found, me),
                "frozen": one.frozen,
            }
            for one in found.changes
        ],
        "sign_ins": [
            {
                "id": one.id,
                "at": one.started_at,
                "way": one.get_way_display(),
                "here": one.id == session,
                "open": one.ended_at is None,
            }
            for one in found.sign_ins
        ],
    }


def _who(pseudonym: UUID, found: queries.Shown, me: Actor) -> str:
    if pseudonym == me.pseudonym:
        return _("您本人")
    person = found.readers.get(pseudonym)
    if person is None:
        return _("系统程序")
    parts = [person.department, _("、").join(person.roles)]
    return " · ".join(part for part in parts if part) or _("本单位的接口程序")


def notice(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """At the top of a customer's page: what the customer denied or put out of use."""
    actor: Actor | None = getattr(request, "actor", None)
    if actor is None:
        return None
    found = queries.open_freezes(customer)
    if not found:
        return None
    reads = actor.may(Permission.RIGHTS_CASE_READ)
    return {
        "freezes": [
            {
                "account": one.what == Freeze.What.ACCOUNT,
                "at": one.at,
                "way": one.get_way_display(),
                "fields": field_names(list(one.fields), language()),
                "beside": _beside([customer], one.fields),
                "case": one.case,
                "address": reverse("rights:case", args=[one.case_id]) if one.case_id and reads else "",
            }
            for one in found
        ]
    }


def in_case(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    """On the page of the case: what is stopped, and the two ways to settle it once the person is known."""
    actor: Actor | None = getattr(request, "actor", None)
    row = queries.of_case(case.id)
    if row is None or actor is None:
        return None
    mine = case.handler_id == actor.id and actor.may(Permission.RIGHTS_CASE_HANDLE)
    return {
        "freeze": row,
        "fields": field_names(list(row.fields), language()),
        "settled": row.settled_at is not None,
        "may": mine and row.settled_at is None and case.state == State.HANDLING,
        "may_edit": actor.may(Permission.CUSTOMERS_PROFILE_EDIT),
        "request": request,
    }


def in_request(case: Case) -> Mapping[str, Any] | None:
    """On the person's page of the request: what they stopped, and what became of it."""
    row = queries.of_case(case.id)
    return {"fields": field_names(list(row.fields), language()), "row": row} if row else None
