"""Screens of segments: the numbers with their formula, the members masked, and a customer's objection."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.segments import presenting, queries, rules, services
from shouxin.customers.segments.services import SegmentProblem
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

P = Permission


@never_cache
@require_GET
@allowed(P.CUSTOMERS_SEGMENT_READ)
def overview(request: StaffRequest) -> HttpResponse:
    context = {
        "page_title": _("客户分群"),
        "run": queries.last_run(),
        "tables": presenting.tables(queries.counts(request.actor)),
        "formula": presenting.formula(),
        "smallest": rules.SMALLEST,
        "may_refresh": request.actor.may(P.CUSTOMERS_SEGMENT_REFRESH),
    }
    return render(request, "segments/overview.html", context)


@require_POST
@allowed(P.CUSTOMERS_SEGMENT_REFRESH)
def refresh(request: StaffRequest) -> HttpResponse:
    if services.ask(actor=request.actor):
        messages.success(request, _("已安排重新计算，完成后刷新本页即可看到。"))
    else:
        messages.info(request, _("已在排队计算，请稍后刷新。"))
    return redirect("customers:segments")


@never_cache
@require_GET
@allowed(P.CUSTOMERS_SEGMENT_READ)
def members(request: StaffRequest) -> HttpResponse:
    """A masked list; whoever wants to reach somebody opens the customer and a contact, as always."""
    purpose = purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("分群成员")}, status=409)
    chosen, place = presenting.chosen_from(request.GET), lists.place_from(request.GET)
    try:
        page = queries.page(actor=request.actor, purpose=purpose, chosen=chosen, place=place, now=clock.now())
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    context = {
        "page_title": _("分群成员"),
        "rows": registry_words.rows(page.customers),
        "filters": presenting.filters(chosen),
        "smallest": rules.SMALLEST,
        "cut": page.cut,
        "left_out": registry_words.left_out_words(page.left_out),
        **lists.links(chosen, lists.Window(page.customers, page.following, page.preceding), place),
    }
    return render(request, "segments/members.html", context)


@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def objection(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Note that a customer objects, or that they took it back."""
    purpose = purpose_of(request, request.actor)
    ending = request.POST.get("verb") == "end"
    change = services.end_objection if ending else services.object_to
    try:
        change(actor=request.actor, purpose=purpose, customer=customer_id, now=clock.now())
    except SegmentProblem:
        raise Http404 from None
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=customer_id)
    messages.success(
        request, _("已撤回反对，下次计算时计入。") if ending else _("已登记反对，不再计入分群。")
    )
    return redirect("customers:page", customer_id)
