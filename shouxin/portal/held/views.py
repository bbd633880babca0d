"""The customer's first page: what is held, masked until a second code; and the page of who saw it."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve, reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy.decision import is_fresh
from shouxin.customers.informing import queries as informing
from shouxin.kit import clock
from shouxin.portal.entering import channels, doors, services
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.forms import CodeForm
from shouxin.portal.held import presenting, queries, sharing
from shouxin.portal.storing import presenting as stored_in
from shouxin.portal.wishing import queries as wishing
from shouxin.rulebook.purposes.queries import organisation_name

_RETURN = frozenset(
    {"my:request", "my:corrections", "my:changes"}
)  # they need a second code for what they offer


def _is_clear(request: CustomerRequest) -> bool:
    return is_fresh(request.mine.second_factor_at, clock.now())


@require_GET
@for_customers
def home(request: CustomerRequest) -> HttpResponse:
    waiting = informing.outstanding(request.me.id, clock.now())
    if waiting and not request.GET.get("later"):
        return redirect("my:news")
    clear = _is_clear(request)
    found = queries.held(me=request.me, now=clock.now(), clear=clear)
    context = {
        "categories": presenting.categories(found),
        "records": presenting.records(found),
        "more": found.more,
        "clear": clear,
        "ask_wishes": wishing.is_due(request.me, clock.now()),
        "locked": [rule.name.in_(presenting.language()) for rule in queries.locked(request.me)],
        "stored": stored_in.told(),
        "shared": presenting.sharing(sharing.of(me=request.me, found=found, now=clock.now())),
        "news": bool(waiting),
        "organisation": organisation_name(),
        "can_prove": bool(channels.offered()),
    }
    return render(request, "portal/home.html", context)


@require_GET
@for_customers
def reads(request: CustomerRequest) -> HttpResponse:
    before = request.GET.get("before", "")
    try:
        place = UUID(before) if before else None
    except ValueError:
        raise Http404 from None
    found = queries.reads(me=request.me, before=place)
    context = {
        "reads": presenting.readers(found, request.me),
        "following": found.following,
        "below": bool(place),
        "inside": presenting.inside(queries.inside()) if not place else [],
    }
    return render(request, "portal/reads.html", context)


@require_POST
@for_customers
def ask_clear(request: CustomerRequest) -> HttpResponse:
    """A second code goes to the address on file."""
    try:
        services.ask_again(session=request.mine, now=clock.now())
    except EntryProblem as problem:
        said = problem.text.in_(get_language() or "zh-hans")
        context = {"problem": said, "back": _back(request) or reverse("my:home")}
        return render(request, "portal/clear.html", context, status=422)
    back = _back(request)
    return redirect(f"{reverse('my:clear')}?{urlencode({'next': back})}" if back else "my:clear")


def _back(request: CustomerRequest) -> str:
    """The page that asked for the second code, to which the visitor returns; none but pages that do."""
    path = request.POST.get("next") or request.GET.get("next") or ""
    try:
        found = resolve(path)
    except Resolver404:
        return ""
    return path if found.view_name in _RETURN else ""


@require_http_methods(["GET", "POST"])
@for_customers
def clear(request: CustomerRequest) -> HttpResponse:
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            services.answer_again(
                session=request.mine,
                code=form.cleaned_data["code"],
                address=doors.address_of(request),
                now=clock.now(),
            )
        except EntryProblem as problem:
            form.add_error(None, problem.text.in_(get_language() or "zh-hans"))
        else:
            return redirect(_back(request) or "my:home")
    context = {"form": form, "next": _back(request)}
    return render(request, "portal/clear.html", context, status=422 if form.errors else 200)
