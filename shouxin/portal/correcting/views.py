"""The person's own corrections, after a second code."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.customers.registry.presenting import spoken
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.portal.correcting import queries, services
from shouxin.portal.correcting.errors import CorrectionProblem
from shouxin.portal.correcting.forms import ValueForm
from shouxin.portal.entering import channels
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.held.queries import PURPOSE


def _language() -> str:
    return get_language() or "zh-hans"


@require_GET
@for_customers
def fields(request: CustomerRequest) -> HttpResponse:
    """Everything that may be written, with what stands there; without a second code, the way to one."""
    now = clock.now()
    proved = queries.is_proved(request.me, now)
    found = queries.open_fields(request.me, now) if proved else []
    rows = [
        {
            "key": one.rule.key,
            "name": one.rule.name.in_(_language()),
            "text": spoken(one.rule, one.text),
            "verified": one.verified,
            "case": one.case,
        }
        for one in found
    ]
    context = {
        "proved": proved,
        "can_prove": bool(channels.offered()),
        "held": [row for row in rows if row["text"]],
        "missing": [row for row in rows if not row["text"]],
        "done": request.GET.get("done") == "1",
    }
    return render(request, "portal/corrections.html", context)


@require_http_methods(["GET", "POST"])
@for_customers
def field(request: CustomerRequest, key: str) -> HttpResponse:
    """One value: what stands there is in the box."""
    now, purpose = clock.now(), rulebooks["rulebook"].purpose(PURPOSE)
    if not queries.is_proved(request.me, now):
        return redirect("my:corrections")
    standing = queries.one(request.me, key, now)
    if standing is None or purpose is None:
        raise Http404
    form = ValueForm(
        request.POST or None,
        rule=standing.rule,
        purpose=purpose,
        now=now,
        initial={"value": standing.text},
    )
    if request.method == "POST" and form.is_valid():
        try:
            case = services.correct(me=request.me, key=key, text=form.cleaned_data["value"], now=now)
        except CorrectionProblem as problem:
            form.add_error(None, problem.text.in_(_language()))
        else:
            return (
                redirect("my:request", case.id) if case else redirect(f"{reverse('my:corrections')}?done=1")
            )
    context = {
        "form": form,
        "name": standing.rule.name.in_(_language()),
        "verified": standing.verified,
        "case": standing.case,
        "title": _("更正") if standing.text else _("补充"),
    }
    return render(request, "portal/correction.html", context, status=422 if form.errors else 200)
