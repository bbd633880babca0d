"""Screens of the three figures: by department, and what lowers each of them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Action, Permission, PurposeRule, PurposeStatus
from shouxin.customers.quality import figures, presenting
from shouxin.customers.quality.figures import Counts, Lowering
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.queueing import queue_once
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.models import Department

P = Permission

SORTS: dict[str, Callable[[Counts], int | None]] = {
    "completeness": lambda one: one.completeness,
    "freshness": lambda one: one.freshness,
    "accuracy": lambda one: one.accuracy,
    "confidentiality": lambda one: one.confidentiality,
}
WHAT = {
    "missing": gettext_lazy("缺少信息的客户"),
    "old": gettext_lazy("信息过期的客户"),
    "unverified": gettext_lazy("有未核实信息的客户"),
}


def _purpose(request: StaffRequest) -> PurposeRule | None:
    """The purpose named in the address, else the one somebody works for, else the first in use."""
    known = [one for one in rulebooks["rulebook"].purposes() if one.status is PurposeStatus.ACTIVE]
    named = request.GET.get("purpose", "")
    chosen = next((one for one in known if one.key == named), None) or presenting.purpose_in(request)
    return chosen or next((one for one in known if one.counted), None)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_QUALITY_READ)
def overview(request: StaffRequest) -> HttpResponse:
    purpose = _purpose(request)
    if purpose is None:
        return render(request, "quality/figures.html", {"none": True})
    found = figures.overview(actor=request.actor, purpose=purpose)
    sort = request.GET.get("sort", "")
    rows = found.rows
    if sort in SORTS:
        value = SORTS[sort]
        rows = sorted(rows, key=lambda row: 101 if value(row[1]) is None else value(row[1]) or 0)
    context = {
        "found": found,
        "rows": rows,
        "purpose": purpose,
        "purposes": [
            (one.key, one.name.in_(presenting.language()))
            for one in rulebooks["rulebook"].purposes()
            if one.status is PurposeStatus.ACTIVE and one.counted
        ],
        "sort": sort,
    }
    return render(request, "quality/figures.html", context)


@require_POST
@allowed(P.CUSTOMERS_QUALITY_READ)
def count_again(request: StaffRequest) -> HttpResponse:
    queue_once(figures.COUNT, queue="quality")
    messages.success(request, _("已开始重新统计，稍后刷新本页。"))
    return redirect("customers:figures")


def _department(request: StaffRequest) -> UUID | None:
    named = registry_words.uuid_or_none(request.GET.get("department", ""))
    if named and named not in set(figures.scope(request.actor)):
        raise Http404
    return named


@never_cache
@require_GET
@allowed(P.CUSTOMERS_QUALITY_READ)
def lowering(request: StaffRequest, what: str) -> HttpResponse:
    if what not in WHAT:
        raise Http404
    purpose, seen_for = _purpose(request), presenting.purpose_in(request)
    department, now = _department(request), clock.now()
    if purpose is None or seen_for is None:
        return render(request, "registry/no_purpose.html", {"page_title": WHAT[what]}, status=409)
    place = lists.place_from(request.GET, size=figures.PER_PAGE)
    page = figures.lowering(
        actor=request.actor, purpose=purpose, what=what, department=department, place=place, now=now
    )
    try:
        rows = _rows(request, seen_for, page.rows)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    kept = {"purpose": purpose.key, "department": str(department or "")}
    context: dict[str, Any] = {
        "title": WHAT[what],
        "rows": rows,
        "purpose_name": purpose.name.in_(presenting.language()),
        "department": Department.objects.filter(id=department).first() if department else None,
        **lists.links(kept, page, place),
    }
    return render(request, "quality/lowering.html", context)


def _rows(request: StaffRequest, purpose: PurposeRule, found: Sequence[Lowering]) -> list[dict[str, Any]]:
    shown = list(registry.visible(request.actor).filter(id__in=[one for one, _keys in found]))
    views = (
        registry.masked(
            actor=request.actor, purpose=purpose.key, rows=shown, action=Action.VIEW, now=clock.now()
        )
        if shown
        else []
    )
    seen = {row["row"].id: row for row in registry_words.rows(views)}
    return [
        {
            **seen[customer],
            "fields": presenting.names_of([key for key in dict.fromkeys(keys) if key in purpose.fields]),
        }
        for customer, keys in found
        if customer in seen
    ]


@never_cache
@require_GET
@allowed(P.CUSTOMERS_QUALITY_READ)
def reads(request: StaffRequest) -> HttpResponse:
    department = _department(request)
    place = lists.place_from(request.GET, size=figures.PER_PAGE)
    page = figures.open_reads(actor=request.actor, department=department, place=place, now=clock.now())
    who = people.names_of(line.actor for line in page.rows)
    context = {
        "entries": [
            {
                "at": line.at,
                "sentence": line.sentence(presenting.language()),
                "who": who.get(line.actor, _("系统")),
                "customer": line.customer,
            }
            for line in page.rows
        ],
        "department": Department.objects.filter(id=department).first() if department else None,
        **lists.links({"department": str(department or "")}, page, place),
    }
    return render(request, "quality/reads.html", context)
