"""Screens of high risk: markings with their verbs, alerts, and what other pages show of them."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.access.highrisk import presenting, queries, services
from shouxin.access.highrisk.forms import NoteForm, ReasonForm
from shouxin.access.highrisk.models import IN_FORCE, RiskMark, State
from shouxin.core.policy import Form, Permission, ungranted_form
from shouxin.customers.registry import queries as customers
from shouxin.gate import facts
from shouxin.kit import clock, lists, panels
from shouxin.kit.lists import Column, Field, Listed
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.second_factor.doors import fresh_second_factor

PROBLEMS = {
    "mark.unknown": gettext_lazy("没有找到该标记，或不归您处理。"),
    "mark.open-already": gettext_lazy("已经有一个待批准或生效中的标记。"),
    "mark.decided-already": gettext_lazy("该申请已被处理；请看本页现在的内容。"),
    "field.open": gettext_lazy("公开字段本来就以明文显示，不能标为高风险；请先在字段目录中提高其级别。"),
    "reason.missing": gettext_lazy("请填写理由。"),
    "reason.identifier": gettext_lazy("理由中像是写了证件号、电话等个人信息，请去掉后再提交。"),
    "approver.same-person": gettext_lazy("申请人不能批准自己的申请，请由他人审批。"),
    "alert.own": gettext_lazy("查看人不能自己注明已阅，请由他人处理。"),
    "keys.away": gettext_lazy("密钥服务暂不可用，没有任何改动。请稍后再试，或联系系统管理员。"),
}
TAGS = {
    "proposed": "warn",
    "active": "bad",
    "ending": "bad",
    "ended": "muted",
    "refused": "muted",
    "withdrawn": "muted",
}
MARKS, ALERTS = "risk-marks", "risk-alerts"
lists.register(
    Listed(
        MARKS,
        "access:risks",
        ("state",),
        lists.by_age("proposed_at"),
        (
            Column("department", gettext_lazy("归口部门")),
            Column("reason", gettext_lazy("理由")),
            Column("proposer", gettext_lazy("申请人")),
            Column("proposed", gettext_lazy("申请时间")),
        ),
    )
)
lists.register(
    Listed(
        ALERTS,
        "access:risk_alerts",
        ("state", "who"),
        lists.by_age("at"),
        (Column("reader", gettext_lazy("查看人")), Column("fields", gettext_lazy("字段"))),
        typed=frozenset({"who"}),
    )
)


@require_GET
@allowed(Permission.RISK_MARK_READ)
def risk_list(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, MARKS)
    state = asked.query.get("state", "")
    ways = {"awaiting": queries.awaiting, "force": queries.in_force, "mine": queries.asked_by}
    found = ways.get(state, queries.visible_to)(request.actor)
    if state in State.values:
        found = found.filter(state=state)
    page = lists.window(found, asked.sort, asked.place)
    states: list[tuple[str, Any]] = [
        ("", _("全部")),
        ("awaiting", _("待我审批")),
        ("mine", _("我的申请，等待审批")),
        ("force", _("生效")),
        *State.choices,
    ]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states),)),
        "page_title": _("高风险"),
        "rows": [_row(mark) for mark in page.rows],
        "may_see_alerts": request.actor.may(Permission.RISK_MARK_APPROVE),
    }
    return render(request, "highrisk/list.html", context)


@allowed(Permission.RISK_MARK_READ)
def risk_page(request: StaffRequest, mark_id: UUID) -> HttpResponse:
    mark = _visible(request, mark_id)
    context = {
        "page_title": _("高风险"),
        "row": _row(mark),
        "mark": mark,
        "left": _left(mark),
        "may_see": request.actor.may(Permission.CUSTOMERS_PROFILE_READ),
        **presenting.detail_context(request.actor, mark),
        "note_form": NoteForm(),
        "end_form": ReasonForm(),
    }
    return render(request, "highrisk/detail.html", context)


@require_http_methods(["GET", "POST"])
@allowed(Permission.RISK_MARK_PROPOSE)
def propose_customer(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    if customers.find(request.actor, customer_id) is None:
        raise Http404
    return _propose(request, services.propose_customer, {"customer": customer_id}, _("将客户标为高风险"))


@require_http_methods(["GET", "POST"])
@allowed(Permission.RISK_MARK_PROPOSE)
def propose_field(request: StaffRequest, key: str) -> HttpResponse:
    rule = facts.rules["rulebook"].fields().get(key)
    if rule is None:
        raise Http404
    title = _("将字段“%(field)s”标为高风险") % {"field": rule.name.in_(get_language() or "zh-hans")}
    return _propose(request, services.propose_field, {"field": key}, title)


def _propose(
    request: StaffRequest, service: Callable[..., RiskMark], subject: Mapping[str, Any], title: str
) -> HttpResponse:
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            mark = service(actor=request.actor, reason=reason, now=clock.now(), **subject)
        except services.RiskProblem as problem:
            form.add_error(None, str(PROBLEMS[problem.code]))
        else:
            messages.success(request, _("申请已提交，等待他人批准；批准前一切照旧。"))
            return redirect("access:risk", mark.id)
    context = {"page_title": title, "form": form, **subject}
    return render(request, "highrisk/propose.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(Permission.RISK_MARK_READ)
@fresh_second_factor("approve", "end-approve")
def decide(request: StaffRequest, mark_id: UUID, verb: str) -> HttpResponse:
    """Approve, refuse, withdraw, propose the end, approve the end: one POST, one service, back to the page."""
    said, now = noted(request.POST, "reason"), clock.now()
    about: dict[str, Any] = {"actor": request.actor, "mark": mark_id}
    deeds: dict[str, Callable[[], RiskMark]] = {
        "approve": lambda: services.approve(**about, now=now),
        "refuse": lambda: services.refuse(**about, note=said, now=now),
        "withdraw": lambda: services.withdraw(**about),
        "end": lambda: services.propose_end(**about, reason=said, now=now),
        "end-approve": lambda: services.approve_end(**about, now=now),
    }
    try:
        deeds[verb]()
    except services.RiskProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已处理。"))
    return redirect("access:risk", _visible(request, mark_id).id)


@require_http_methods(["GET", "POST"])
@allowed(Permission.RISK_MARK_APPROVE)
def alert_list(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        return reading.narrowed(request, ALERTS)
    asked = reading.read(request, ALERTS)
    new, who = asked.query.get("state") == "new", asked.query.get("who", "")
    found = queries.unseen(request.actor) if new else queries.alerts(request.actor)
    if who:
        found = found.filter(Q(reader__display_name__icontains=who) | Q(reader__user_name__iexact=who))
    page = lists.window(found, asked.sort, asked.place)
    shown = [alert.id for alert in page.rows]
    waiting = set(queries.unseen(request.actor).filter(id__in=shown).values_list("id", flat=True))
    states = [("", _("全部")), ("new", _("待阅"))]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states), Field("who", _("查看人")))),
        "page_title": _("高风险查看提醒"),
        "rows": [
            {"alert": alert, "fields": _names(alert.fields), "waiting": alert.id in waiting}
            for alert in page.rows
        ],
    }
    return render(request, "highrisk/alerts.html", context)


@require_POST
@allowed(Permission.RISK_MARK_APPROVE)
def alert_seen(request: StaffRequest, alert_id: UUID) -> HttpResponse:
    try:
        services.note_alert(actor=request.actor, alert=alert_id, now=clock.now())
    except services.RiskProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已注明已阅。"))
    further = "?state=new" if queries.unseen(request.actor).exists() else ""
    return redirect(f"{reverse('access:risk_alerts')}{further}")


def _visible(request: StaffRequest, mark_id: UUID) -> RiskMark:
    found = queries.visible_to(request.actor).filter(id=mark_id).first()
    if found is None:
        raise Http404
    return found


def _row(mark: RiskMark) -> dict[str, object]:
    return {
        "mark": mark,
        "field": ", ".join(_names([mark.field])) if mark.field else "",
        "tag": TAGS[mark.state],
        "status": mark.get_state_display(),
    }


def _left(mark: RiskMark) -> int | None:
    """Of a field in force: how many groups of keys still wait for their own key."""
    if mark.state not in IN_FORCE or not mark.storage_group:
        return None
    return queries.keys_left(mark)


def _names(keys: list[str]) -> list[str]:
    known, language = facts.rules["rulebook"].fields(), get_language() or "zh-hans"
    return [known[key].name.in_(language) if key in known else key for key in keys]


def _about_customer(request: HttpRequest, customer: UUID) -> dict[str, Any] | None:
    return _panel(request, queries.open_mark(customer=customer), {"customer": customer})


def _about_field(request: HttpRequest, key: str) -> dict[str, Any] | None:
    rule = facts.rules["rulebook"].fields().get(key)
    if rule is None or ungranted_form(rule) is Form.CLEAR:
        return None
    return _panel(request, queries.open_mark(field=key), {"field": key})


def _panel(request: HttpRequest, mark: RiskMark | None, subject: Mapping[str, Any]) -> dict[str, Any] | None:
    actor = getattr(request, "actor", None)
    may_read = actor is not None and actor.may(Permission.RISK_MARK_READ)
    may_propose = actor is not None and mark is None and actor.may(Permission.RISK_MARK_PROPOSE)
    marked = mark is not None and mark.state in IN_FORCE
    if not (marked or may_propose or (mark is not None and may_read)):
        return None
    return {"mark": mark, "marked": marked, "may_read": may_read, "may_propose": may_propose, **subject}


def register_panels() -> None:
    """The badge beside a title, and the card with what is in force and the verbs."""
    for place, about in (("customer", _about_customer), ("field", _about_field)):
        panels.register(
            panels.Panel(f"high-risk.{place}.status", f"{place}.status", "highrisk/badge.html", about)
        )
        panels.register(panels.Panel(f"high-risk.{place}", place, "highrisk/panel.html", about))
