"""Screens of data quality: what is due, and verifying the values of one customer."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Action, Permission, PurposeRule
from shouxin.customers.quality import presenting, queries, services
from shouxin.customers.quality.forms import BulkForm, LaterForm, VerifyForm
from shouxin.customers.quality.queries import Whose
from shouxin.customers.quality.services import QualityProblem, Seen
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.services import EditConflict
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists, mail
from shouxin.kit.lists import Column, Listed, Sort
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading

P = Permission
KEY = "refresh"
lists.register(
    Listed(
        KEY,
        "customers:refresh",
        ("whose",),
        (
            Sort("oldest", gettext_lazy("超期久的在前"), "due_on", descending=False),
            Sort("latest", gettext_lazy("刚到期的在前"), "due_on"),
        ),
        (
            Column("record", gettext_lazy("记录")),
            Column("responsible", gettext_lazy("负责人")),
        ),
    )
)


def no_purpose(request: StaffRequest) -> HttpResponse:
    return render(request, "registry/no_purpose.html", {"page_title": _("待更新")}, status=409)


def row_of(request: StaffRequest, customer_id: UUID) -> Customer:
    found = registry.find(request.actor, customer_id)
    if found is None or not presenting.may_work_on(request, found):
        raise Http404
    return found


def _whose(text: str) -> Whose:
    return Whose(text) if text in set(Whose) else Whose.MINE


@never_cache
@require_GET
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def refresh(request: StaffRequest) -> HttpResponse:
    purpose = presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    asked, now = reading.read(request, KEY), clock.now()
    whose, latest = _whose(asked.query.get("whose", "")), asked.sort.descending
    page = queries.due(actor=request.actor, whose=whose, place=asked.place, latest=latest, now=now)
    try:
        rows = presenting.due_rows(request, page.lines, purpose, now)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    context = {
        **asked.context(page.window),
        "rows": rows,
        "unseen": len(page.lines) - len(rows),
        "cut": page.cut,
        "whose": whose.value,
        "lists": [(one.value, presenting.WHOSE[one]) for one in queries.kinds_of_list(request.actor)],
        "bulk": BulkForm(),
        "later": LaterForm(today=clock.today(now)),
        "purpose_name": purpose.name.in_(presenting.language()),
    }
    return render(request, "quality/refresh.html", context)


@require_POST
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def refresh_many(request: StaffRequest) -> HttpResponse:
    """Verify or put off what was ticked on a refresh list."""
    purpose = presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    chosen = presenting.parse_chosen(request.POST.getlist("chosen"))
    try:
        if request.POST.get("verb") == "later":
            _put_off(request, purpose, [(customer, record) for customer, record, _r, _k in chosen])
        else:
            _verify_many(request, purpose, chosen)
    except QualityProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    except EditConflict:
        messages.warning(request, _("这位客户刚被别人改动，没有登记核实；请核对后再登记。"))
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    whose = _whose(request.POST.get("whose", "")).value
    return redirect(f"{reverse('customers:refresh')}?whose={whose}")


def _verify_many(
    request: StaffRequest, purpose: PurposeRule, chosen: list[tuple[UUID, UUID, int, list[str]]]
) -> None:
    of: dict[UUID, tuple[int, dict[UUID, list[str]]]] = {}
    for customer, record, revision, keys in chosen:
        of.setdefault(customer, (revision, {}))[1][record] = keys
    done = services.verify(
        actor=request.actor,
        purpose=purpose.key,
        seen=[Seen(customer, revision, fields) for customer, (revision, fields) in of.items()],
        method=request.POST.get("method", ""),
        now=clock.now(),
    )
    said = _("已登记核实：%(customers)d 位客户，%(values)d 项。")
    messages.success(request, said % {"customers": done.customers, "values": done.values})
    if done.changed:
        said = _("%(n)d 位客户刚被别人改动，没有登记；请核对后再登记。")
        messages.warning(request, said % {"n": len(done.changed)})


def _put_off(request: StaffRequest, purpose: PurposeRule, records: list[tuple[UUID, UUID]]) -> None:
    now = clock.now()
    form = LaterForm(request.POST, today=clock.today(now))
    if not form.is_valid() or not form.cleaned_data["until"]:
        raise QualityProblem("later.range")
    count = services.put_off(
        actor=request.actor,
        purpose=purpose.key,
        records=records,
        reason=form.cleaned_data["reason"],
        until=form.cleaned_data["until"],
        now=now,
    )
    messages.success(request, _("已暂缓 %(n)d 条，到期后会再列出。") % {"n": count})


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_PROFILE_EDIT)
def verify(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """Verify values of one customer without seeing them clear: the customer says that they are still right."""
    row, purpose = row_of(request, customer_id), presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    now, status = clock.now(), 200
    try:
        view = registry.profile(
            actor=request.actor,
            purpose=purpose.key,
            row=row,
            fields=list(purpose.fields),
            action=Action.VIEW,
            reason="",
            now=now,
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    lines = presenting.verifiable(view, now)
    form = VerifyForm(request.POST or None, offered=[(one["value"], one["label"]) for one in lines])
    context: dict[str, Any] = {"row": row, "lines": lines, "form": form, "mailing": mail.is_configured()}
    context["mails"] = [one for one in lines if one["mail"]]
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                return _verified(request, row, purpose, form)
            except QualityProblem as problem:
                form.add_error(None, str(presenting.PROBLEMS[problem.code]))
            except EditConflict as problem:
                status, context["conflict"] = 409, registry_words.conflict_context(problem)
            except gate.Refused as problem:
                return refused(request, problem.refusal)
    context["ticked"] = request.POST.getlist("fields_") or [
        one["value"] for one in lines if one["checked"] and one["checked"]["overdue"]
    ]
    return render(request, "quality/verify.html", context, status=status)


def _verified(request: StaffRequest, row: Customer, purpose: PurposeRule, form: VerifyForm) -> HttpResponse:
    fields: dict[UUID, list[str]] = defaultdict(list)
    for value in form.cleaned_data["fields_"]:
        record, _sep, key = value.partition(":")
        fields[UUID(record)].append(key)
    done = services.verify(
        actor=request.actor,
        purpose=purpose.key,
        seen=[Seen(row.id, registry_words.number(request.POST.get("revision", "")), fields)],
        method=form.cleaned_data["method"],
        now=clock.now(),
    )
    messages.success(request, _("已登记核实 %(n)d 项。") % {"n": done.values})
    return redirect("customers:page", row.id)
