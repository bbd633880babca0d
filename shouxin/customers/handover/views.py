"""Screens of handing customers over: whose wait, to whom, and what is offered to me."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.handover import presenting, queries, services
from shouxin.customers.handover.forms import SuccessorForm
from shouxin.customers.handover.services import HandoverProblem
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed

P = Permission
PER_PAGE = 50


@require_GET
@allowed(P.CUSTOMERS_HANDOVER_PROPOSE, P.CUSTOMERS_HANDOVER_ACCEPT)
def overview(request: StaffRequest) -> HttpResponse:
    context = {
        "leavers": queries.unassigned(request.actor)
        if request.GET.get("show") == "waiting"
        else queries.leavers(request.actor),
        "heads": request.actor.may(P.CUSTOMERS_HANDOVER_PROPOSE),
        "offered": queries.incoming(request.actor).count(),
    }
    return render(request, "handover/overview.html", context)


def _chosen(request: StaffRequest) -> list[UUID] | None:
    """What was ticked, or None for everything."""
    if request.POST.get("all"):
        return None
    found = []
    for value in request.POST.getlist("chosen"):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_HANDOVER_PROPOSE)
def of_leaver(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    leaver = queries.leaver(request.actor, staff_id)
    if leaver is None:
        raise Http404
    found = queries.to_hand_over(request.actor, staff_id)
    possible = queries.successors(request.actor, found, staff_id)
    form = SuccessorForm(request.POST or None, possible=possible)
    if request.method == "POST" and form.is_valid():
        try:
            count = services.propose(
                actor=request.actor,
                leaver=staff_id,
                customers=_chosen(request),
                successor=form.cleaned_data["successor"],
                now=clock.now(),
            )
        except HandoverProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        else:
            messages.success(request, _("已提出交接 %(n)d 位客户，待接收人确认。") % {"n": count})
            return redirect("customers:handover_of", staff_id)
    page = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    named = presenting.names(request, rows)
    context = {
        "leaver": leaver,
        "page": page,
        "rows": [(row, named.get(row.id)) for row in rows],
        "named": bool(named) or not rows,
        "form": form,
        "possible": possible,
        "proposed": list(queries.proposed(request.actor, staff_id)[:PER_PAGE]),
        "query": "",
    }
    return render(request, "handover/of_leaver.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_HANDOVER_PROPOSE)
def take_back(request: StaffRequest, staff_id: UUID) -> HttpResponse:
    if queries.leaver(request.actor, staff_id) is None:
        raise Http404
    try:
        count = services.take_back(actor=request.actor, leaver=staff_id)
    except HandoverProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已撤回 %(n)d 位客户的交接。") % {"n": count})
    return redirect("customers:handover_of", staff_id)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_HANDOVER_ACCEPT)
def incoming(request: StaffRequest) -> HttpResponse:
    """Accept, or send back with a reason."""
    if request.method == "POST":
        try:
            if request.POST.get("verb") == "decline":
                count = services.decline(
                    actor=request.actor, handovers=_chosen(request), note=request.POST.get("note", "")
                )
                messages.success(request, _("已退回 %(n)d 位客户，由部门负责人另行安排。") % {"n": count})
            else:
                count = services.accept(actor=request.actor, handovers=_chosen(request), now=clock.now())
                messages.success(request, _("已接收 %(n)d 位客户，现在由您负责。") % {"n": count})
        except HandoverProblem as problem:
            messages.error(request, str(presenting.PROBLEMS[problem.code]))
        return redirect("customers:handover_incoming")
    page = Paginator(queries.incoming(request.actor), PER_PAGE).get_page(request.GET.get("page"))
    rows = list(page)
    named = presenting.names(request, [row.customer for row in rows])
    context = {
        "page": page,
        "rows": [(row, named.get(row.customer_id)) for row in rows],
        "named": bool(named) or not rows,
        "query": "",
    }
    return render(request, "handover/incoming.html", context)
