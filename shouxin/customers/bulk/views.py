"""Screens of operations over many customers: ask for one, watch it, leave, come back, cancel, see what was not done."""

import csv
import io
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.bulk import presenting, queries, services
from shouxin.customers.bulk.models import OPEN, BulkOperation
from shouxin.customers.bulk.services import BulkProblem
from shouxin.customers.bulk.verbs import Verb, offered
from shouxin.customers.registry import selecting
from shouxin.customers.registry.list_views import SELECTION
from shouxin.customers.registry.selecting import Chosen
from shouxin.customers.registry.views import no_purpose, working_purpose
from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

P = Permission
KEY = "bulk"
lists.register(lists.Listed(KEY, "customers:bulk", ("show",), presenting.SORTS))


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def mine(request: StaffRequest) -> HttpResponse:
    """What I asked for, the newest first."""
    asked = reading.read(request, KEY)
    show = asked.query.get("show", "")
    page = lists.window(queries.mine(request.actor, show), asked.sort, asked.place)
    context = {
        "page_title": _("我的批量操作"),
        "rows": [presenting.line(row) for row in page.rows],
        "show": show,
        **asked.context(page),
    }
    return render(request, "bulk/list.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def new(request: StaffRequest) -> HttpResponse:
    """First which verb, then what it needs and how many customers it is about; posted, it begins."""
    purpose = working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("批量处理"))
    token = request.POST.get(SELECTION, "") or request.GET.get(SELECTION, "")
    chosen = selecting.chosen(request.actor, token, clock.now())
    if chosen is None:
        messages.warning(request, _("选择的客户已经用过或已过期，请在列表中重新选择。"))
        return redirect("customers:bulk")
    wanted = request.POST.get("verb", "") or request.GET.get("verb", "")
    verb = next((one for one in offered(request.actor) if one.key == wanted), None)
    if verb is None:
        return _ask(request, token, chosen, None, None, "")
    form = verb.form(request.POST or None, actor=request.actor)
    problem = ""
    if request.method == "POST" and form.is_valid():
        try:
            row = services.ask(
                actor=request.actor,
                verb=verb.key,
                parameters=form.cleaned_data,
                purpose=purpose.key,
                token=token,
                typed=request.POST.get("typed", ""),
                now=clock.now(),
            )
        except BulkProblem as found:
            problem = presenting.problem(found.code, found.number)
        else:
            return redirect("customers:bulk_one", row.id)
    return _ask(request, token, chosen, verb, form, problem)


def _ask(
    request: StaffRequest,
    token: str,
    chosen: Chosen,
    verb: Verb | None,
    form: forms.Form | None,
    problem: str,
) -> HttpResponse:
    number = len(selecting.members(request.actor, chosen, services.MOST + 1))
    context = {
        "page_title": verb.title if verb else _("批量处理"),
        "token": token,
        "number": number,
        "most": services.MOST,
        "large": number > services.MOST,
        "verbs": offered(request.actor),
        "may_message": request.actor.may(P.CUSTOMERS_MESSAGE_DRAFT),
        "verb": verb,
        "form": form,
        "typed": bool(verb) and services.must_be_typed(verb, number) if verb else False,
        "problem": problem,
    }
    return render(request, "bulk/new.html", context, status=422 if problem or (form and form.errors) else 200)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def one(request: StaffRequest, operation_id: UUID) -> HttpResponse:
    """How far it is, and which customers were left as they are, with the reason."""
    row = _find(request, operation_id)
    place = lists.place_from(request.GET, size=20)
    page = lists.window(queries.failures(row), presenting.OLDEST, place)
    context = {
        "page_title": presenting.title(row),
        "line": presenting.line(row),
        "open": row.state in OPEN,
        "failures": presenting.failures(request, page.rows),
        **lists.links({}, page, place),
    }
    return render(request, "bulk/one.html", context)


@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def verb(request: StaffRequest, operation_id: UUID, verb: str) -> HttpResponse:
    """Cancel what is left, or go on with it."""
    row = _find(request, operation_id)
    try:
        if verb == "cancel":
            services.cancel(actor=request.actor, operation=row.id, now=clock.now())
            messages.success(request, _("已取消：还没处理的客户不再处理，已完成的保持不变。"))
        elif verb == "continue":
            services.go_on(actor=request.actor, operation=row.id)
            messages.success(request, _("已重新排队，从还没处理的客户继续。"))
        else:
            raise Http404
    except BulkProblem as found:
        messages.error(request, presenting.problem(found.code, found.number))
    return redirect("customers:bulk_one", row.id)


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_EDIT, P.CUSTOMERS_HANDOVER_PROPOSE)
def failures(request: StaffRequest, operation_id: UUID) -> HttpResponse:
    """What was not done, as a table of ids and reasons: no value of a customer stands in it."""
    row, out = _find(request, operation_id), io.StringIO()
    table = csv.writer(out)
    table.writerow([_("客户标识"), _("原因"), _("代码")])
    for item in queries.failures(row).order_by("id").iterator():
        table.writerow([item.customer_id, presenting.reason(item.problem), item.problem])
    answer = HttpResponse(out.getvalue().encode("utf-8-sig"), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="bulk-{row.id.hex[:8]}-failures.csv"'
    return answer


def _find(request: StaffRequest, operation_id: UUID) -> BulkOperation:
    row = queries.find(request.actor, operation_id)
    if row is None:
        raise Http404
    return row
