"""Screens of leads: the list, noting one, and turning it into a customer."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.leads import presenting, queries, services
from shouxin.customers.leads.forms import LeadForm
from shouxin.customers.leads.problems import LeadProblem
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

P = Permission
OLDEST = lists.by_age()[1]  # who is destroyed first stands first
CHOICES = (
    ("", gettext_lazy("全部")),
    ("ending", gettext_lazy("7 天内到期")),
    ("no_permission", gettext_lazy("没有许可")),
)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_READ)
def lead_list(request: StaffRequest) -> HttpResponse:
    purpose, now = purpose_of(request, request.actor), clock.now()
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("线索")}, status=409)
    show = request.GET.get("show", "")
    show = show if show in queries.SHOWN else ""
    place = lists.place_from(request.GET)
    try:
        page = queries.page(
            actor=request.actor, purpose=purpose, show=show, sort=OLDEST, place=place, now=now
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    context = {
        "page_title": _("线索"),
        "rows": presenting.rows(page, now),
        "show": show,
        "choices": CHOICES,
        "cut": page.cut,
        "left_out": registry_words.left_out_words(page.left_out),
        **lists.links(
            {"show": show} if show else {},
            lists.Window(page.customers, page.following, page.preceding),
            place,
        ),
    }
    return render(request, "leads/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def begin(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = registry.find(request.actor, customer_id), purpose_of(request, request.actor)
    if row is None:
        raise Http404
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("登记为线索")}, status=409)
    form = LeadForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            services.begin(
                actor=request.actor, customer=row.id, purpose=purpose, now=clock.now(), **form.cleaned_data
            )
        except LeadProblem as problem:
            form.add_error(None, problem.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(request, _("已登记为线索；到期没有转为客户会自动销毁。"))
            return redirect("customers:page", row.id)
    context = {"page_title": _("登记为线索"), "row": row, "form": form}
    return render(request, "leads/begin.html", context, status=422 if form.errors else 200)


@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def turn(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    try:
        services.turn(actor=request.actor, customer=customer_id, now=clock.now())
    except LeadProblem as problem:
        if problem.code == "lead.unknown":
            raise Http404 from None
        messages.error(request, problem.text.in_(get_language() or "zh-hans"))
    else:
        messages.success(request, _("已转为客户，不再自动销毁。"))
    return redirect("customers:page", customer_id)
