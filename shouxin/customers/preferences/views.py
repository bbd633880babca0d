"""The page on which contact limits are written down."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Action, Permission
from shouxin.customers.preferences import presenting, rules, services
from shouxin.customers.preferences.forms import LimitsForm
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.presenting import number
from shouxin.customers.registry.services import EditConflict
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Permission.CUSTOMERS_PROFILE_EDIT)
def limits(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row, purpose = registry.find(request.actor, customer_id), purpose_of(request, request.actor)
    if row is None:
        raise Http404
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("联系限制")}, status=409)
    form = LimitsForm(request.POST or None)
    conflict = False
    try:
        if request.method == "POST" and form.is_valid():
            _store(request, row, purpose, form)
            return redirect("customers:page", row.id)
        if request.method == "GET":
            form = LimitsForm(initial=_standing(request, row, purpose))
    except EditConflict:
        conflict = True
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    context = {"page_title": _("联系限制"), "row": row, "form": form, "conflict": conflict}
    status = 409 if conflict else 422 if form.errors else 200
    return render(request, "preferences/limits.html", context, status=status)


def _store(request: StaffRequest, row: Customer, purpose: str, form: LimitsForm) -> None:
    services.set_limits(
        actor=request.actor,
        purpose=purpose,
        customer=row.id,
        revision=number(request.POST.get("revision", "")),
        refused=form.cleaned_data["refused"],
        hours=form.hours,
        language=form.cleaned_data["language"],
        now=clock.now(),
    )
    messages.success(request, _("联系限制已保存，拨号和发送都会遵守。"))


def _standing(request: StaffRequest, row: Customer, purpose: str) -> dict[str, object]:
    view = registry.profile(
        actor=request.actor,
        purpose=purpose,
        row=row,
        fields=list(rules.FIELDS),
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=[],
    )
    known = presenting.limits_in(view)
    first, last = known.hours or (None, None)
    return {"refused": sorted(known.refused), "first": first, "last": last, "language": known.language}
