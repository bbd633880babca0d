"""Screens of values from outside: what waits, and deciding one."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.core.policy import Action, Form, Permission
from shouxin.customers.quality import presenting, review_queries, reviewing
from shouxin.customers.quality.models import OutsideValue
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.quality.views import no_purpose
from shouxin.customers.registry import presenting as registry_words
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.services import EditConflict
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.kit.lists import Column, Listed
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import reading
from shouxin.vault.services import Shown

P = Permission
KEY = "outside-values"
lists.register(
    Listed(
        KEY,
        "customers:outside",
        (),
        lists.by_age(),
        (Column("supplier", gettext_lazy("供应方")), Column("who", gettext_lazy("提交人"))),
    )
)


class DecideForm(forms.Form):
    outcome = forms.ChoiceField(
        label=gettext_lazy("决定"),
        choices=[(one.value, one.label) for one in reviewing.OUTCOMES],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(
        label=gettext_lazy("理由"), choices=[("", gettext_lazy("请选择")), *reviewing.REASONS.items()]
    )


def _names(request: StaffRequest, purpose: str, rows: Sequence[OutsideValue]) -> dict[UUID, Any]:
    ids = {row.customer_id for row in rows}
    shown = list(registry.visible(request.actor).filter(id__in=ids)) if ids else []
    if not shown:
        return {}
    views = registry.masked(
        actor=request.actor, purpose=purpose, rows=shown, action=Action.VIEW, now=clock.now()
    )
    return {one["row"].id: one for one in registry_words.rows(views)}


@never_cache
@require_GET
@allowed(P.CUSTOMERS_EXTERNAL_DECIDE)
def waiting(request: StaffRequest) -> HttpResponse:
    purpose = presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    asked, found = reading.read(request, KEY), review_queries.waiting(request.actor)
    page = lists.window(found, asked.sort, asked.place)
    rows = page.rows
    try:
        names = _names(request, purpose.key, rows)
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    who = people.names_of(row.offered_by for row in rows)
    context = {
        **asked.context(page, found),
        "rows": [
            {
                "offer": row,
                "shown": names.get(row.customer_id),
                "field": presenting.names_of([row.field])[0],
                "who": who.get(row.offered_by, _("系统")),
            }
            for row in rows
        ],
    }
    return render(request, "quality/waiting.html", context)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_EXTERNAL_DECIDE)
def decide(request: StaffRequest, offer_id: UUID) -> HttpResponse:
    offer, purpose = review_queries.one(request.actor, offer_id), presenting.purpose_in(request)
    if offer is None:
        raise Http404
    if purpose is None:
        return no_purpose(request)
    form = DecideForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            reviewing.decide(actor=request.actor, offer=offer.id, now=clock.now(), **form.cleaned_data)
        except QualityProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        except EditConflict:
            form.add_error(None, _("这位客户刚被别人改动，请核对后再决定。"))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=offer.customer_id)
        else:
            messages.success(request, _("已作出决定。"))
            return redirect("customers:outside")
    try:
        ours, theirs = review_queries.compared(
            actor=request.actor, purpose=purpose.key, offer=offer, now=clock.now()
        )
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=offer.customer_id)
    context = {
        "offer": offer,
        "form": form,
        "field": presenting.names_of([offer.field])[0],
        "ours": _said(ours),
        "theirs": _said(theirs),
        "who": people.names_of([offer.offered_by]).get(offer.offered_by, _("系统")),
        "absent": ours is None,
    }
    return render(request, "quality/decide.html", context, status=422 if form.errors else 200)


def _said(value: Shown | str | None) -> str:
    if value is None:
        return _("（没有）")
    if isinstance(value, str):
        return value
    if value.broken:
        return _("校验失败，已拒绝显示")
    return _("已隐藏") if value.form is Form.HIDDEN else value.text or ""
