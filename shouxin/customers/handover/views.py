"""Screens of handing customers over: whose wait, to whom, and what is offered to me."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.handover import presenting, queries, services
from shouxin.customers.handover.forms import SuccessorForm
from shouxin.customers.handover.services import HandoverProblem
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.kit.noted import noted
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

P = Permission
PER_PAGE = 50
KEY = "handover"
lists.register(
    Listed(
        KEY,
        "customers:handover",
        ("show",),
        (
            Sort("name", gettext_lazy("按姓名"), "display_name", descending=False),
            Sort("newest", gettext_lazy("最近入职的在前")),
        ),
        (
            Column("proposed", gettext_lazy("待接收")),
            Column("accepted", gettext_lazy("已交接")),
        ),
    )
)
SHOWN = (("", gettext_lazy("全部")), ("waiting", gettext_lazy("有客户待交接的")))
PAGED = lists.by_age()[0]


@require_GET
@allowed(P.CUSTOMERS_HANDOVER_PROPOSE, P.CUSTOMERS_HANDOVER_ACCEPT)
def overview(request: StaffRequest) -> HttpResponse:
    asked, heads = reading.read(request, KEY), request.actor.may(P.CUSTOMERS_HANDOVER_PROPOSE)
    found = queries.leaving_staff(request.actor, waiting=asked.query.get("show") == "waiting")
    page = lists.window(found, asked.sort, asked.place)
    context = {
        **asked.context(page, found, (Field("show", _("状态"), SHOWN),) if heads else ()),
        "leavers": queries.how_far(request.actor, page.rows),
        "heads": heads,
        "offered": lists.count(queries.incoming(request.actor)),
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
    place = lists.place_from(request.GET, size=PER_PAGE)
    page = lists.window(found, PAGED, place)
    named = presenting.names(request, page.rows)
    context = {
        "leaver": leaver,
        "rows": [(row, named.get(row.id)) for row in page.rows],
        "named": bool(named) or not page.rows,
        "form": form,
        "possible": possible,
        "proposed": list(queries.proposed(request.actor, staff_id)[:PER_PAGE]),
        **lists.links({}, page, place),
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
                    actor=request.actor,
                    handovers=_chosen(request),
                    note=noted(request.POST, "note", longest=200),
                )
                messages.success(request, _("已退回 %(n)d 位客户，由部门负责人另行安排。") % {"n": count})
            else:
                count = services.accept(actor=request.actor, handovers=_chosen(request), now=clock.now())
                messages.success(request, _("已接收 %(n)d 位客户，现在由您负责。") % {"n": count})
        except HandoverProblem as problem:
            messages.error(request, str(presenting.PROBLEMS[problem.code]))
        return redirect("customers:handover_incoming")
    place = lists.place_from(request.GET, size=PER_PAGE)
    page = lists.window(queries.incoming(request.actor), PAGED, place)
    named = presenting.names(request, [row.customer for row in page.rows])
    context = {
        "rows": [(row, named.get(row.customer_id)) for row in page.rows],
        "named": bool(named) or not page.rows,
        **lists.links({}, page, place),
    }
    return render(request, "handover/incoming.html", context)
