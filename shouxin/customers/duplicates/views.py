"""Screens of duplicates: search, look at a pair, judge it, merge, undo."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission, PurposeRule
from shouxin.customers.duplicates import forms, merging, presenting, queries, services
from shouxin.customers.duplicates.models import PairState, SuspectedPair
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.registry import queries as customers
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.working_purpose import purpose_of

P = Permission
PAIRS, MERGES = "duplicates", "merges"
lists.register(
    Listed(
        PAIRS,
        "customers:duplicates",
        ("state", "reason", "least"),
        (Sort("surest", gettext_lazy("可能性大的在前"), "score"), *lists.by_age()),
        (Column("score", gettext_lazy("可能性")), Column("reasons", gettext_lazy("理由"))),
        sizes=(20,),  # two masked names each
    )
)
lists.register(Listed(MERGES, "customers:merges", ("state",), lists.by_age()))
VERDICTS = {
    "later": PairState.LATER,
    "handed": PairState.HANDED,
    "different": PairState.DIFFERENT,
    "reopen": PairState.OPEN,
}


def _purpose(request: StaffRequest) -> PurposeRule | None:
    return rulebooks["rulebook"].purpose(purpose_of(request, request.actor))


def _no_purpose(request: StaffRequest) -> HttpResponse:
    return render(request, "registry/no_purpose.html", {"page_title": _("疑似重复")}, status=409)


def _pair(request: StaffRequest, pair_id: UUID) -> SuspectedPair:
    found = queries.pair(request.actor, pair_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_GET
@allowed(P.CUSTOMERS_DUPLICATE_READ)
def pair_list(request: StaffRequest) -> HttpResponse:
    purpose = _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    asked = reading.read(request, PAIRS)
    found = queries.pairs(request.actor, forms.filters(asked.query))
    page = lists.window(found, asked.sort, asked.place)
    try:
        rows = presenting.list_rows(request, purpose.key, page.rows)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    form = (
        Field("state", _("状态"), [("", _("未决定的")), *PairState.choices]),
        Field("reason", _("理由"), [("", _("全部")), *presenting.filter_choices()]),
        Field("least", _("可能性不低于"), [("", _("不限")), *presenting.SCORES]),
    )
    context = {
        **asked.context(page, found, form),
        "page_title": _("疑似重复"),
        "rows": rows,
        **presenting.run_context(request, queries.last_run()),
    }
    return render(request, "duplicates/list.html", context)


@require_POST
@allowed(P.CUSTOMERS_DUPLICATE_MERGE)
def run(request: StaffRequest) -> HttpResponse:
    try:
        services.ask_run(actor=request.actor, thorough=True, now=clock.now())
    except DuplicateProblem as problem:
        messages.error(request, presenting.said(problem))
    else:
        messages.success(request, _("已开始查重，可以离开本页，完成后回来查看。"))
    return redirect("customers:duplicates")


@never_cache
@require_GET
@allowed(P.CUSTOMERS_DUPLICATE_READ)
def compare(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    pair, purpose = _pair(request, pair_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    try:
        context = presenting.compare_context(request, pair, purpose, _sides(request, pair))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    return render(request, "duplicates/compare.html", {"page_title": _("比对客户"), **context})


def _sides(request: StaffRequest, pair: SuspectedPair) -> list[Customer]:
    rows = {
        row.id: row
        for row in customers.visible(request.actor).filter(id__in=[pair.customer_id, pair.other_id])
    }
    try:
        return [rows[pair.customer_id], rows[pair.other_id]]
    except KeyError:
        raise Http404 from None


@require_POST
@allowed(P.CUSTOMERS_DUPLICATE_JUDGE)
def judge(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    pair, verdict = _pair(request, pair_id), VERDICTS.get(request.POST.get("verdict", ""))
    if verdict is None:
        raise Http404
    try:
        services.judge(actor=request.actor, pair=pair.id, verdict=verdict, now=clock.now())
    except DuplicateProblem as problem:
        messages.error(request, presenting.said(problem))
        return redirect("customers:duplicate", pair.id)
    said = {
        PairState.LATER: _("已放到“稍后再看”。"),
        PairState.HANDED: _("已交由同时负责两个部门的上级负责人判断。"),
        PairState.DIFFERENT: _("已记住：不是同一客户，不再提示。"),
        PairState.OPEN: _("已撤回原判断，重新列为待判断。"),
    }
    messages.success(request, said[verdict])
    return redirect("customers:duplicates")


@never_cache
@require_POST
@allowed(P.CUSTOMERS_DUPLICATE_MERGE)
def merge(request: StaffRequest, pair_id: UUID) -> HttpResponse:
    """First what would happen, to be confirmed by a word that is typed; then it happens."""
    pair, purpose = _pair(request, pair_id), _purpose(request)
    if purpose is None:
        return _no_purpose(request)
    chosen = forms.choice(pair, request.POST.dict())
    if chosen is None:
        messages.error(request, _("请先选择保留哪一份档案。"))
        return redirect("customers:duplicate", pair.id)
    typed = request.POST.get("confirmation")
    if typed is None or not forms.is_confirmed(typed):
        return _confirm(request, pair, purpose, chosen, wrong=typed is not None)
    try:
        merging.merge(
            actor=request.actor,
            purpose=purpose.key,
            survivor=chosen.survivor,
            absorbed=chosen.absorbed,
            revisions=chosen.revisions,
            chosen=chosen.fields,
            now=clock.now(),
        )
    except DuplicateProblem as problem:
        messages.error(request, presenting.said(problem))
        return redirect("customers:duplicate", pair.id)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    messages.success(request, _("已合并。没有内容销毁之前，可以在本页撤销。"))
    return redirect("customers:page", chosen.survivor)


def _confirm(
    request: StaffRequest, pair: SuspectedPair, purpose: PurposeRule, chosen: forms.Choice, *, wrong: bool
) -> HttpResponse:
    try:
        context: dict[str, Any] = presenting.compare_context(request, pair, purpose, _sides(request, pair))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    stands = 0 if chosen.survivor == pair.customer_id else 1
    context |= {
        "page_title": _("确认合并"),
        "survivor": context["sides"][stands],
        "absorbed": context["sides"][1 - stands],
        "side": "one" if stands == 0 else "other",
        "gone_side": "other" if stands == 0 else "one",
        "taken": [line for line in context["lines"] if line["choice"] and line["key"] in chosen.fields],
        "added": [
            line for line in context["lines"] if line["cells"][1 - stands] and not line["cells"][stands]
        ],
        "revisions": (chosen.revisions if stands == 0 else chosen.revisions[::-1]),
        "wrong": wrong,
    }
    return render(request, "duplicates/confirm.html", context, status=422 if wrong else 200)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_DUPLICATE_READ)
def merge_list(request: StaffRequest) -> HttpResponse:
    asked, found = reading.read(request, MERGES), queries.merges(request.actor)
    if (state := asked.query.get("state", "")) in {"stands", "undone"}:
        found = found.filter(undone_at__isnull=state == "stands")
    page, purpose = lists.window(found, asked.sort, asked.place), _purpose(request)
    try:
        rows = presenting.merge_rows(request, purpose, page.rows)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    states = [("", _("全部")), ("stands", _("已合并")), ("undone", _("已撤销"))]
    context = {
        **asked.context(page, found, (Field("state", _("状态"), states),)),
        "page_title": _("合并记录"),
        "rows": rows,
    }
    return render(request, "duplicates/merges.html", context)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_DUPLICATE_READ)
def merge_page(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    found = queries.merge(request.actor, merge_id)
    if found is None:
        raise Http404
    try:
        context = presenting.merge_context(request, _purpose(request), found)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    return render(request, "duplicates/one_merge.html", context)


@require_POST
@allowed(P.CUSTOMERS_DUPLICATE_MERGE)
def undo(request: StaffRequest, merge_id: UUID) -> HttpResponse:
    found, purpose = queries.merge(request.actor, merge_id), _purpose(request)
    if found is None:
        raise Http404
    if purpose is None:
        return _no_purpose(request)
    try:
        merging.undo(actor=request.actor, purpose=purpose.key, merge=found.id, now=clock.now())
    except DuplicateProblem as problem:
        messages.error(request, presenting.said(problem))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    else:
        messages.success(request, _("已撤销合并，两份档案恢复原样。"))
    return redirect("customers:page", found.customer_id)
