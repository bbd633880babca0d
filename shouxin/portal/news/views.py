"""A notice as it stands, for everybody; and what changed in it, for customers who do not know of it yet."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.customers.informing import queries, services
from shouxin.customers.informing.presenting import told
from shouxin.customers.informing.services import InformingProblem
from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.rulebook.purposes import changes


def _language() -> str:
    return get_language() or "zh-hans"


@require_GET
def notice(request: HttpRequest, key: str) -> HttpResponse:
    """The notice in force, without an account: where letters lead to."""
    version = changes.in_force(key, _language())
    if version is None:
        raise Http404
    return render(request, "portal/notice.html", {**told(version), "page": version})


@require_http_methods(["GET", "POST"])
@for_customers
def news(request: CustomerRequest) -> HttpResponse:
    """What changed since the version the customer knows; posted, they have read it."""
    problem = ""
    if request.method == "POST":
        try:
            done = services.acknowledge(
                actor=request.me, sha256=request.POST.get("told", ""), now=clock.now()
            )
        except InformingProblem as found:
            problem = found.text.in_(_language())
        else:
            left = queries.outstanding(request.me.id, clock.now())
            return redirect("my:news") if left else redirect("my:receipt", done.entry)
    waiting = []
    for now_told, known in queries.outstanding(request.me.id, clock.now()):
        version, older = changes.version(now_told.id), changes.version(known.id) if known else None
        if version is not None:
            waiting.append(told(version, older))
    context = {
        "waiting": waiting,
        "receipts": queries.receipts(request.me.id)[:20],
        "problem": problem,
    }
    return render(request, "portal/news.html", context, status=422 if problem else 200)
