"""At one's own door: what was changed, who came in, “this was not me”, everything out of use; and a notice's link."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy.decision import is_fresh
from shouxin.gate.rules import cite
from shouxin.kit import clock
from shouxin.portal.changes import account, presenting, queries, services
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.entering import channels, doors
from shouxin.portal.entering.doors import CustomerRequest, for_customers


def _words(problem: ChangeProblem) -> str:
    return problem.text.in_(get_language() or "zh-hans")


@require_GET
@for_customers
def changes(request: CustomerRequest) -> HttpResponse:
    return _page(request)


def _page(request: CustomerRequest, problem: str = "") -> HttpResponse:
    now = clock.now()
    context = {
        **presenting.page(queries.shown(request.me, now), request.me, request.mine.id),
        "problem": problem,
        "done": request.GET.get("done", ""),
        "frozen": account.standing(request.me),
        "goes_on": [
            {
                "name": rule.name.in_(presenting.language()),
                "article": cite(rule.article, presenting.language()),
            }
            for rule in account.goes_on()
        ],
        "proved": is_fresh(request.me.second_factor_at, now),
        "can_prove": bool(channels.offered()),
    }
    return render(request, "portal/changes.html", context, status=422 if problem else 200)


@require_POST
@for_customers
def deny(request: CustomerRequest, entry: UUID) -> HttpResponse:
    """This change was not me."""
    try:
        found = services.deny_change(me=request.me, entry=entry, session=request.mine.id, now=clock.now())
    except ChangeProblem as problem:
        if problem.code == "change.unknown":
            raise Http404 from None
        return _page(request, _words(problem))
    return redirect("my:request", found.case_id)


@require_POST
@for_customers
def deny_sign_in(request: CustomerRequest, denied: UUID) -> HttpResponse:
    """That was not me who came in."""
    try:
        found = services.deny_sign_in(me=request.me, denied=denied, session=request.mine.id, now=clock.now())
    except ChangeProblem:
        raise Http404 from None
    return redirect("my:request", found.case_id)


@require_POST
@for_customers
def freeze(request: CustomerRequest) -> HttpResponse:
    """Everything out of use, at once."""
    try:
        account.freeze(me=request.me, now=clock.now())
    except ChangeProblem as problem:
        return _page(request, _words(problem))
    return redirect("my:changes")


@require_POST
@for_customers
def release(request: CustomerRequest) -> HttpResponse:
    """Into use again."""
    try:
        account.release(me=request.me, now=clock.now())
    except ChangeProblem as problem:
        return _page(request, _words(problem))
    return redirect("my:changes")


@never_cache
@require_http_methods(["GET", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Behind the link of a notice, without signing in: opened, it asks, since mail scanners follow links; posted, it
    stops what was changed. It tells nothing about anybody, and is the same for every link until it is posted."""
    done, problem = False, ""
    if request.method == "POST":
        try:
            services.deny_by_link(token=token, address=doors.address_of(request), now=clock.now())
            done = True
        except ChangeProblem as found:
            problem = _words(found)
    context = {"done": done, "problem": problem}
    answer = render(request, "portal/not_me.html", context, status=422 if problem else 200)
    answer["Referrer-Policy"] = "no-referrer"
    return answer
