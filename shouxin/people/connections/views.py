"""Screens of connections: the list, drafting, and the page where the other administrator decides."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, sealing
from shouxin.kit.noted import noted
from shouxin.people.connections import presenting, queries, services
from shouxin.people.connections.kinds import rooms
from shouxin.people.connections.models import Connection, Kind, State
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
PROBLEMS = {
    "name.missing": gettext_lazy("请填写名称。"),
    "note.missing": gettext_lazy("请填写拒绝理由。"),
    "unknown": gettext_lazy("没有找到该连接。"),
    "decided-already": gettext_lazy("该连接已被处理；请看本页现在的内容。"),
    "changed-meanwhile": gettext_lazy("草稿刚被修改，请核对新内容后再确认。"),
    "same-person": gettext_lazy("起草人不能确认，请由另一位安全管理员确认。"),
    "token.none": gettext_lazy("这种连接不使用令牌。"),
}
NO_KEYS = gettext_lazy("密钥服务不可用，不能保存密钥。请先恢复密钥服务再试。")
TAGS = {"drafted": "warn", "active": "ok", "refused": "bad", "ended": "muted"}


@require_GET
@allowed(P.PEOPLE_CONNECTION_READ)
def connection_list(request: StaffRequest) -> HttpResponse:
    found = queries.visible_to(request.actor)
    state = request.GET.get("state", "")
    if state == "awaiting":
        found = queries.awaiting(request.actor)
    context = {
        "page_title": _("外部连接"),
        "rows": [{"connection": one, "tag": TAGS[one.state]} for one in found],
        "state": state,
        "kinds": _kinds(),
        "may_draft": request.actor.may(P.PEOPLE_CONNECTION_DRAFT),
    }
    return render(request, "connections/list.html", context)


def _kinds() -> list[tuple[str, str, str]]:
    language = get_language() or "zh-hans"
    return [(kind.value, str(kind.label), rooms[kind].effect.in_(language)) for kind in Kind if kind in rooms]


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_CONNECTION_DRAFT)
def draft(request: StaffRequest, kind: str) -> HttpResponse:
    if kind not in rooms:
        raise Http404
    form, name = rooms[kind].form(request.POST or None), request.POST.get("name", "")
    if request.method == "POST" and form.is_valid():
        try:
            made = services.draft(
                actor=request.actor,
                kind=Kind(kind),
                name=name,
                settings=form.stored(),
                secret=form.secret(),
                now=clock.now(),
            )
        except sealing.Unavailable:
            form.add_error(None, str(NO_KEYS))
        except services.ConnectionProblem as problem:
            form.add_error(None, str(PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已起草，安全管理员确认后生效。"))
            return redirect("people:connection", made.id)
    context = {"page_title": _("新建连接"), "kind": Kind(kind), "form": form, "name": name}
    status = 422 if request.method == "POST" else 200
    return render(request, "connections/draft.html", context, status=status)


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_CONNECTION_DRAFT)
def change(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    found = _visible(request, connection_id)
    initial = found.settings if found.draft is None else found.draft
    first = found.secret is None and found.draft_secret is None
    form = rooms[found.kind].form(request.POST or None, initial=initial, first=first)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(
                actor=request.actor,
                connection_id=found.id,
                settings=form.stored(),
                secret=form.secret(),
                now=clock.now(),
            )
        except sealing.Unavailable:
            messages.error(request, str(NO_KEYS))
        except services.ConnectionProblem as problem:
            messages.error(request, str(PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已起草，安全管理员确认后生效。"))
        return redirect("people:connection", found.id)
    context = {"page_title": _("修改连接"), "kind": Kind(found.kind), "form": form, "connection": found}
    status = 422 if request.method == "POST" else 200
    return render(request, "connections/draft.html", context, status=status)


@never_cache
@require_GET
@allowed(P.PEOPLE_CONNECTION_READ)
def connection_page(request: StaffRequest, connection_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, connection_id))


@never_cache
@require_POST
@allowed(P.PEOPLE_CONNECTION_DRAFT, P.PEOPLE_CONNECTION_APPROVE)
@fresh_second_factor("confirm", "renew")
def decide(request: StaffRequest, connection_id: UUID, verb: str) -> HttpResponse:
    """Confirm, refuse, end or renew; an answer with a token is the only page that ever shows it."""
    found, now, token = _visible(request, connection_id), clock.now(), ""
    seen = parse_datetime(request.POST.get("seen", "")) or now
    try:
        if verb == "confirm":
            _made, token = services.confirm(
                actor=request.actor, connection_id=found.id, drafted_at=seen, now=now
            )
        elif verb == "refuse":
            note = noted(request.POST, "note")
            services.refuse(actor=request.actor, connection_id=found.id, drafted_at=seen, note=note, now=now)
        elif verb == "renew":
            _made, token = services.renew_token(actor=request.actor, connection_id=found.id)
        else:
            services.end(actor=request.actor, connection_id=found.id, now=now)
    except services.ConnectionProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已处理。"))
    if token:
        return _page(request, _visible(request, connection_id), token)
    return redirect("people:connection", found.id)


def _page(request: StaffRequest, found: Connection, token: str = "") -> HttpResponse:
    actor, room = request.actor, rooms[found.kind]
    drafted = found.draft is not None and found.state in {State.DRAFTED, State.ACTIVE}
    context: dict[str, Any] = {
        "page_title": found.name,
        "connection": found,
        "effect": room.effect.in_(get_language() or "zh-hans"),
        "shown": room.shown(found.settings) if found.settings else [],
        "drafted": room.shown(found.draft) if drafted and found.draft is not None else [],
        "seen": found.drafted_at.isoformat(),
        "token": token,
        "comes_in": room.comes_in,
        **presenting.detail_context(actor, found, room),
        "extra": room.page if found.state == State.ACTIVE else "",
        **(room.more(found, request) if room.more and found.state == State.ACTIVE else {}),
    }
    return render(request, "connections/detail.html", context)


def _visible(request: StaffRequest, connection_id: UUID) -> Connection:
    found = queries.visible_to(request.actor).filter(id=connection_id).first()
    if found is None:
        raise Http404
    return found
