"""Screens of needs and promises: the day's list, noting one, and what becomes of it."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Permission, Role
from shouxin.customers.promises import presenting, queries, services
from shouxin.customers.promises.forms import ChangeForm, MakeForm
from shouxin.customers.promises.models import Promise, Why
from shouxin.customers.promises.services import PromiseProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Field, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.people.working_purpose import purpose_of

P = Permission
KEY = "promises"
lists.register(
    Listed(
        KEY,
        "customers:promises",
        ("show", "team"),
        (
            Sort("due", gettext_lazy("期限近的在前"), "due_on", descending=False),
            Sort("later", gettext_lazy("期限远的在前"), "due_on"),
            *lists.by_age(),
            Sort("closed", gettext_lazy("最近办结的在前"), "closed_at"),
        ),
        (Column("content", gettext_lazy("内容")), Column("owner", gettext_lazy("承办人"))),
        sizes=(queries.PER_PAGE,),
    )
)
SHOWS = (
    ("today", gettext_lazy("今天及逾期")),
    ("week", gettext_lazy("七天内")),
    ("open", gettext_lazy("全部未结")),
    ("closed", gettext_lazy("已办结")),
)


def _row(request: StaffRequest, customer_id: UUID) -> Customer:
    found = registry.find(request.actor, customer_id)
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_READ)
def promise_list(request: StaffRequest) -> HttpResponse:
    """What is to be seen to today; several can be ticked off at once."""
    purpose = purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("需求与承诺")}, status=409)
    if request.method == "POST":
        return _tick_off(request, purpose)
    now, asked, heads = clock.now(), reading.read(request, KEY), Role.HEAD in request.actor.roles
    show = asked.query.get("show", "today")
    show = show if show in queries.SHOWS else "today"
    team = heads and asked.query.get("team") == "1"
    asked = asked.sorting("closed") if show == "closed" else asked.sorting_but("closed")
    found = queries.of(request.actor, show=show, team=team, now=now)
    page = lists.window(found, asked.sort, asked.place)
    try:
        told = queries.told(actor=request.actor, purpose=purpose, rows=page.rows, now=now)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    form = [Field("show", pgettext("promise", "期限"), SHOWS)]
    if heads:
        form.append(Field("team", _("范围"), [("", _("我的")), ("1", _("本部门全部"))]))
    context = {
        **asked.context(page, found, form),
        "page_title": _("需求与承诺"),
        "rows": presenting.listed(told),
        "may_write": request.actor.may(P.CUSTOMERS_PROMISE_WRITE) and show != "closed",
    }
    return render(request, "promises/list.html", context)


def _tick_off(request: StaffRequest, purpose: str) -> HttpResponse:
    chosen = [one for one in map(uuid_or_none, request.POST.getlist("chosen")) if one]
    try:
        count = services.keep(actor=request.actor, purpose=purpose, promises=chosen, now=clock.now())
    except PromiseProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    else:
        messages.success(request, _("已兑现 %(n)d 项。") % {"n": count})
    return redirect("customers:promises")


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROMISE_WRITE)
def make(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = _row(request, customer_id), purpose_of(request, request.actor)
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("登记需求或承诺")}, status=409)
    owners = presenting.owners_for(request.actor, row)
    form = MakeForm(request.POST or None, owners=owners, initial={"owner": str(request.actor.id)})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            services.make(actor=request.actor, purpose=purpose, customer=row.id, now=clock.now(), **said)
        except PromiseProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=row.id)
        else:
            messages.success(request, _("已登记，到期会出现在承办人的清单上。"))
            return redirect("customers:page", row.id)
    context = {"page_title": _("登记需求或承诺"), "row": row, "form": form}
    return render(request, "promises/make.html", context, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_READ)
def promise_page(request: StaffRequest, customer_id: UUID, promise_id: UUID) -> HttpResponse:
    """One of them: kept, dropped with a reason, moved to another day, given to a colleague."""
    found = queries.find(request.actor, customer_id, promise_id)
    purpose = purpose_of(request, request.actor)
    if found is None:
        raise Http404
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("需求与承诺")}, status=409)
    form = ChangeForm(request.POST or None)
    try:
        if request.method == "POST" and form.is_valid():
            _done(request, purpose, found, form)
            return redirect("customers:page", customer_id)
        told = queries.told(actor=request.actor, purpose=purpose, rows=[found], now=clock.now())
    except PromiseProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
        return redirect("customers:promise", customer_id, promise_id)
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=customer_id)
    context = {
        "page_title": found.get_kind_display(),
        "item": presenting.listed(told)[0],
        "row": found.customer,
        "form": form,
        "reasons": Why.choices,
        "owners": presenting.owners_for(request.actor, found.customer),
        "may_write": found.state == "open" and presenting.works_on(request.actor, found.customer),
    }
    return render(request, "promises/page.html", context, status=422 if form.errors else 200)


def _done(request: StaffRequest, purpose: str, promise: Promise, form: ChangeForm) -> None:
    said, actor, now = form.cleaned_data, request.actor, clock.now()
    if said["verb"] == "keep":
        services.keep(actor=actor, purpose=purpose, promises=[promise.id], now=now)
    elif said["verb"] == "drop":
        services.drop(actor=actor, purpose=purpose, promise=promise.id, why=Why(said["why"]), now=now)
    elif said["verb"] == "move":
        services.move(actor=actor, purpose=purpose, promise=promise.id, due_on=form.day, now=now)
    else:
        services.give(actor=actor, purpose=purpose, promise=promise.id, owner=said["owner"], now=now)
    messages.success(request, _("已更新。"))
