"""Screens beside the single case: many approvals at once with their progress, and the statistics."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rights.cases import presenting, rounds, statistics
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Round

P = Permission


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.RIGHTS_CASE_DECIDE)
@fresh_second_factor()
def approve_all(request: StaffRequest) -> HttpResponse:
    """What waits for me, counted by kind and outcome; its number has to be typed."""
    if request.method == "POST":
        typed = request.POST.get("typed", "").strip()
        try:
            number = int(typed) if typed.isdecimal() else 0
            made = rounds.ask(actor=request.actor, typed=number, now=clock.now())
        except CaseProblem as problem:
            messages.error(request, str(presenting.PROBLEMS[problem.code]))
            return redirect("rights:approve_all")
        return redirect("rights:round", made.id)
    lines = statistics.waiting(request.actor)
    context = {
        "page_title": _("全部批准"),
        "lines": lines,
        "total": sum(one["number"] for one in lines),
    }
    return render(request, "cases/approve_all.html", context)


@require_GET
@allowed(P.RIGHTS_CASE_DECIDE)
def one(request: StaffRequest, round_id: UUID) -> HttpResponse:
    """How far it is; the page can be left."""
    row = Round.objects.filter(id=round_id, staff_id=request.actor.id).first()
    if row is None:
        raise Http404
    counts = statistics.of_round(row)
    context = {
        "page_title": _("批准进度"),
        "row": row,
        "counts": counts,
        "failures": [
            {"case": item.case, "why": presenting.PROBLEMS[item.problem]}
            for item in row.items.filter(state="failed").select_related("case").order_by("id")[:50]
        ],
    }
    return render(request, "cases/round.html", context)


@require_GET
@allowed(P.RIGHTS_CASE_DECIDE)
def figures(request: StaffRequest) -> HttpResponse:
    """How requests were dealt with in the last twelve months."""
    context = {
        "page_title": _("个人行权统计"),
        **statistics.year(request.actor, clock.now()),
    }
    return render(request, "cases/statistics.html", context)
