"""Screens of dialling unseen: the code on the clerk's screen, and the small page their phone opens."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseRedirectBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.dialling import presenting, rules, services
from shouxin.customers.dialling.services import DialProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of

# A form's answer may lead to the dialler here, and nowhere else in the product.
POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "object-src 'none'; base-uri 'none'; form-action 'self' tel:; frame-ancestors 'none'"
)


class ToDialler(HttpResponseRedirectBase):
    """The answer that makes a phone open its dialler with the number in it."""

    status_code = 302
    allowed_schemes = ["tel"]


@never_cache
@require_POST
@allowed(Permission.CUSTOMERS_NUMBER_DIAL)
def prepare(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """The code, in the answer to this POST alone: as a picture for the camera and as letters to type."""
    row, purpose = registry.find(request.actor, customer_id), purpose_of(request, request.actor)
    if row is None:
        raise Http404
    if not purpose:
        return render(request, "registry/no_purpose.html", {"page_title": _("拨号不看号")}, status=409)
    field = request.POST.get("field", "")
    try:
        made = services.prepare(
            actor=request.actor,
            customer=row.id,
            record=uuid_or_none(request.POST.get("record", "")) or row.id,
            field=field,
            purpose=purpose,
            now=clock.now(),
        )
    except DialProblem as problem:
        messages.error(request, str(presenting.said(problem.code)))
        return redirect("customers:page", row.id)
    except gate.Refused as problem:
        return refused(request, problem.refusal, customer=row.id)
    door = request.build_absolute_uri(reverse("customers:dial"))
    leads = f"{door}#{made.code}"  # what follows # is sent to no server and stands in no log
    context = {
        "page_title": _("拨号不看号"),
        "row": row,
        "picture": presenting.picture(leads),
        "leads": leads,
        "door": door,
        "code": rules.spaced(made.code),
        "ends_at": made.dial.ends_at,
    }
    return render(request, "dialling/code.html", context)


@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
@login_not_required
def dial(request: HttpRequest) -> HttpResponse:
    """Opened by the phone, where nobody is signed in; the code is what opens the number, once."""
    problem = ""
    if request.method == "POST":
        address = request.META.get("REMOTE_ADDR", "")
        try:
            leads = services.use(code=request.POST.get("code", ""), address=address, now=clock.now())
        except DialProblem as found:
            known = found.code if found.code.startswith("dial.") else "dial.refused"
            problem = str(presenting.PROBLEMS[known])  # a stranger's phone is told nothing of the customer
        except gate.Refused:
            problem = str(presenting.PROBLEMS["dial.refused"])  # a stranger's phone is told no more
        else:
            answer = _guarded(ToDialler(leads))
            answer["Referrer-Policy"] = "no-referrer"
            return answer
    context = {"page_title": _("拨号"), "problem": problem}
    return _guarded(render(request, "dialling/dial.html", context, status=422 if problem else 200))


def _guarded(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    response["Content-Security-Policy"] = POLICY
    return response
