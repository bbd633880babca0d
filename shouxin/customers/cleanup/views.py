"""Screens of cleaning up: three lists with reasons, and what the owner decides of each."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Action, Permission, Role
from shouxin.customers.cleanup import queries, rules, services
from shouxin.customers.cleanup.models import CleanupItem, Decision, Group
from shouxin.customers.cleanup.services import CleanupProblem
from shouxin.customers.registry import presenting as registry
from shouxin.customers.registry import queries as customers
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Listed
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.thresholds import queries as thresholds
from shouxin.people.working_purpose import purpose_of

P = Permission
KEY = "cleanup"
lists.register(Listed(KEY, "customers:cleanup", ("group", "show"), lists.by_age()))
PROBLEMS = {
    "run.open": gettext_lazy("已有一次清理检查在执行，完成后再发起。"),
    "item.unknown": gettext_lazy("没有选中可以决定的客户，或已不由您负责。"),
    "item.decided": gettext_lazy("其中有已由他人决定的，或这份名单不能这样决定；请按本页现在的内容继续。"),
    "decision.of-heads": gettext_lazy("限制处理和封存由部门负责人决定。"),
    "values.destroyed": gettext_lazy("有内容已经销毁，不能恢复。"),
}
FAILED = {
    "keys": gettext_lazy("密钥服务没有应答，或有内容与存入时不一致；请稍后重新发起。"),
    "rules": gettext_lazy("“系统维护”这一目的不允许读取所需字段，请个人信息保护负责人检查。"),
}
KINDS = {"keep": "muted", "refresh": "info", "restrict": "warn", "seal": "bad"}


@never_cache
@require_GET
@allowed(P.CUSTOMERS_CLEANUP_READ)
def overview(request: StaffRequest) -> HttpResponse:
    asked = reading.read(request, KEY)
    group = asked.query.get("group", Group.DEAD.value)
    if group not in Group.values:
        raise Http404
    decided = asked.query.get("show") == "decided"
    found = queries.listed(request.actor, group, decided=decided)
    page = lists.window(found, asked.sort, asked.place)
    try:
        rows = _rows(request, page.rows)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    run, counts = queries.last_run(), queries.counts(request.actor)
    context = {
        **asked.context(page, found),
        "page_title": _("清理名单"),
        "rows": rows,
        "group": group,
        "tabs": [(value, label, counts[value]) for value, label in Group.choices],
        "decided": decided,
        "decisions": _decisions(request, group),
        "run": run,
        "going": run is not None and run.finished_at is None,
        "run_problem": FAILED.get(run.problem) if run else None,
        "may_run": request.actor.may(P.CUSTOMERS_CLEANUP_DECIDE),
        "months": thresholds.value(rules.MONTHS),
    }
    return render(request, "cleanup/list.html", context)


def _decisions(request: StaffRequest, group: str) -> list[tuple[str, str]]:
    heads = Role.HEAD in request.actor.roles
    return [
        (one, str(Decision(one).label))
        for one in rules.DECISIONS[group]
        if heads or one not in rules.OF_HEADS
    ]


def _rows(request: StaffRequest, found: Sequence[CleanupItem]) -> list[dict[str, Any]]:
    """The lines with the masked names of those that this person may see for the purpose they work for."""
    purpose = purpose_of(request, request.actor)
    seen = customers.visible(request.actor).filter(id__in=[item.customer_id for item in found])
    shown = list(seen) if purpose else []
    views = (
        customers.masked(
            actor=request.actor, purpose=purpose, rows=shown, action=Action.VIEW, now=clock.now()
        )
        if shown
        else []
    )
    named = {row["row"].id: row for row in registry.rows(views)}
    language = get_language() or "zh-hans"
    return [
        {
            "item": item,
            "side": named.get(item.customer_id),
            "reasons": [rules.REASONS[code].in_(language) for code in item.reasons if code in rules.REASONS],
            "kind": KINDS.get(item.decision, "info"),
            "may_take_back": item.decision not in rules.OF_HEADS or Role.HEAD in request.actor.roles,
        }
        for item in found
    ]


@require_POST
@allowed(P.CUSTOMERS_CLEANUP_DECIDE)
def run(request: StaffRequest) -> HttpResponse:
    try:
        services.ask_run(actor=request.actor, now=clock.now())
    except CleanupProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已开始清理检查，可以离开本页，完成后回来查看。"))
    return redirect("customers:cleanup")


@require_POST
@allowed(P.CUSTOMERS_CLEANUP_READ)
def decide(request: StaffRequest) -> HttpResponse:
    group, wanted = request.POST.get("group", ""), request.POST.get("decision", "")
    if group not in Group.values or wanted not in rules.DECISIONS[group]:
        raise Http404
    items = [one for text in request.POST.getlist("chosen") if (one := uuid_or_none(text))]
    try:
        count = services.decide(actor=request.actor, items=items, decision=Decision(wanted), now=clock.now())
    except CleanupProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        said = {"n": count, "decision": Decision(wanted).label}
        messages.success(request, _("%(n)d 位客户：%(decision)s。可以在“已决定的”里撤回。") % said)
    return redirect(f"{reverse('customers:cleanup')}?group={group}")


@require_POST
@allowed(P.CUSTOMERS_CLEANUP_READ)
def take_back(request: StaffRequest, item_id: UUID) -> HttpResponse:
    item = queries.decidable(request.actor).filter(id=item_id).first()
    if item is None:
        raise Http404
    try:
        services.take_back(actor=request.actor, item=item.id, now=clock.now())
    except CleanupProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已撤回决定。"))
    return redirect(f"{reverse('customers:cleanup')}?group={item.group}&show=decided")
