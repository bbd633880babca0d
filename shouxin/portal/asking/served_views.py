"""How the customer was served lately: one score for each contact, once."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from shouxin.kit import clock
from shouxin.portal.asking.forms import ScoreForm
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rights.cases import presenting
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.satisfaction import queries, services


@require_GET
@for_customers
def served(request: CustomerRequest) -> HttpResponse:
    return _page(request)


@require_POST
@for_customers
def score(request: CustomerRequest, contact_id: UUID) -> HttpResponse:
    form = ScoreForm(request.POST)
    if not form.is_valid():
        return _page(request, _("请选一个分数；评语不超过 500 字。"))
    try:
        services.score(actor=request.me, contact=contact_id, now=clock.now(), **form.cleaned_data)
    except CaseProblem as problem:
        return _page(request, str(presenting.PROBLEMS[problem.code]))
    return redirect("my:served_done")


@require_GET
@for_customers
def done(request: CustomerRequest) -> HttpResponse:
    return _page(request, thanked=True)


def _page(request: CustomerRequest, problem: str = "", *, thanked: bool = False) -> HttpResponse:
    rows: list[dict[str, Any]] = [
        {"contact": one, "form": ScoreForm(auto_id=f"id_{one.id.hex}_%s")}
        for one in queries.contacts_of(request.me, clock.now())[:10]
    ]
    context = {"rows": rows, "problem": problem, "thanked": thanked}
    return render(request, "portal/served.html", context, status=422 if problem else 200)
