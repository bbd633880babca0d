"""Screens of confirming a mail address by a code."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.quality import codes, presenting
from shouxin.customers.quality.codes import Place
from shouxin.customers.quality.services import QualityProblem
from shouxin.customers.quality.views import no_purpose, row_of
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed


class CodeForm(forms.Form):
    code = forms.CharField(
        label=gettext_lazy("客户念出的验证码"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


def _place(request: StaffRequest, customer_id: UUID, record_id: UUID, field: str) -> Place:
    row = row_of(request, customer_id)
    if not codes.is_mail(rulebooks["rulebook"].fields().get(field)):
        raise Http404
    return Place(row.id, record_id, field)


@require_POST
@allowed(Permission.CUSTOMERS_PROFILE_EDIT)
def send(request: StaffRequest, customer_id: UUID, record_id: UUID, field: str) -> HttpResponse:
    place, purpose = _place(request, customer_id, record_id, field), presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    try:
        codes.send(actor=request.actor, purpose=purpose.key, place=place, now=clock.now())
    except QualityProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
        return redirect("customers:verify", customer_id)
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=customer_id)
    messages.success(request, _("验证码已发往登记的邮箱，10 分钟内有效。请客户念出。"))
    return redirect("customers:read_code", customer_id, record_id, field)


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Permission.CUSTOMERS_PROFILE_EDIT)
def read_back(request: StaffRequest, customer_id: UUID, record_id: UUID, field: str) -> HttpResponse:
    place, purpose = _place(request, customer_id, record_id, field), presenting.purpose_in(request)
    if purpose is None:
        return no_purpose(request)
    now, form = clock.now(), CodeForm(request.POST or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        try:
            codes.read_back(
                actor=request.actor,
                purpose=purpose.key,
                place=place,
                code=form.cleaned_data["code"],
                now=now,
            )
        except QualityProblem as problem:
            form.add_error(None, str(presenting.PROBLEMS[problem.code]))
        except gate.Refused as problem:
            return refused(request, problem.refusal, customer=customer_id)
        else:
            messages.success(request, _("邮箱已由验证码核实。"))
            return redirect("customers:page", customer_id)
    context: dict[str, Any] = {
        "place": place,
        "form": form,
        "label": presenting.names_of([field])[0],
        "open": codes.is_open(request.actor, place, now),
    }
    return render(request, "quality/code.html", context, status=422 if form.errors else 200)
