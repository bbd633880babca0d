"""How the customer wants to be reached: their own word, kept where every call and message asks for it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Action
from shouxin.customers.preferences import presenting, rules, services
from shouxin.customers.preferences.forms import LimitsForm
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.services import EditConflict
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.held.queries import PURPOSE


@require_http_methods(["GET", "POST"])
@for_customers
def wishes(request: CustomerRequest) -> HttpResponse:
    form = LimitsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _keep(request, form)
        except EditConflict:
            form.add_error(None, _("您的资料刚刚有变动，没有保存。请再填一次。"))
        else:
            return redirect(f"{request.path}?kept=1")
    row = Customer.objects.get(id=request.me.id)
    if request.method == "GET":
        form.initial = _standing(request, row)
    context = {"form": form, "revision": row.revision, "kept": request.GET.get("kept") == "1"}
    return render(request, "portal/wishes.html", context, status=422 if form.errors else 200)


def _keep(request: CustomerRequest, form: LimitsForm) -> None:
    try:
        revision = int(request.POST.get("revision", ""))
    except ValueError:
        revision = -1
    services.set_limits(
        actor=request.me,
        purpose=PURPOSE,
        customer=request.me.id,
        revision=revision,
        refused=form.cleaned_data["refused"],
        hours=form.hours,
        language=form.cleaned_data["language"],
        now=clock.now(),
    )


def _standing(request: CustomerRequest, row: Customer) -> dict[str, object]:
    """What is written down now, in the form's own terms; what nobody could read is not repeated."""
    known = rulebooks["rulebook"].fields()
    view = registry.profile(
        actor=request.me,
        purpose=PURPOSE,
        row=row,
        fields=[key for key in rules.FIELDS if key in known],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
        records=[],
    )
    limits = presenting.limits_in(view)
    first, last = limits.hours or (None, None)
    return {"refused": sorted(limits.refused), "first": first, "last": last, "language": limits.language}
