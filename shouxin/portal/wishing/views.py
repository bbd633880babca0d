"""How the customer wants to be reached: their own word, kept where every call and message asks for it."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from shouxin.core.policy import Action
from shouxin.customers.preferences import presenting, rules, services
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.services import EditConflict
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.held.queries import PURPOSE
from shouxin.portal.wishing import queries
from shouxin.portal.wishing import services as wishing
from shouxin.portal.wishing.forms import WishesForm


@require_http_methods(["GET", "POST"])
@for_customers
def wishes(request: CustomerRequest) -> HttpResponse:
    form = WishesForm(request.POST or None)
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


def _keep(request: CustomerRequest, form: WishesForm) -> None:
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
    wishing.state_topics(me=request.me, topics=form.cleaned_data["topics"], now=clock.now())


@require_POST
@for_customers
def later(request: CustomerRequest) -> HttpResponse:
    """Asked, and put off; the card comes again after the interval."""
    wishing.put_off(me=request.me, now=clock.now())
    return redirect("my:home")


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
    known_wish = queries.wish_of(request.me)
    return {
        "refused": sorted(limits.refused),
        "first": first,
        "last": last,
        "language": limits.language,
        "topics": known_wish.topics if known_wish else [],
    }
