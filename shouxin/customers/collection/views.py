"""Filling forms at the counter, and what came in."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Permission
from shouxin.customers.attachments.views import in_memory
from shouxin.customers.collection import drafts, filling, presenting, queries, rules, services
from shouxin.customers.collection.filling import Counter
from shouxin.customers.collection.forms import PeriodForm
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Filled
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.vault.errors import VaultError

P = Permission
BY_DAY = lists.Sort("day", gettext_lazy("按日期"), "day")


@require_GET
@allowed(P.CUSTOMERS_FORM_FILL)
def choose(request: StaffRequest) -> HttpResponse:
    """Which form, for which plan; and what was begun and not sent."""
    return render(request, "collection/choose.html", presenting.choose_context(request, clock.now()))


@in_memory
@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.CUSTOMERS_FORM_FILL)
def fill(request: StaffRequest, form_id: UUID) -> HttpResponse:
    """The form at the counter: kept as a sealed draft while it is filled, stored when it is sent."""
    now = clock.now()
    try:
        page = filling.counter(request, form_id, now)
        if request.method == "GET":
            return render(request, "collection/fill.html", filling.context(page))
        sent = filling.filled(request, page)
        # Before anything is kept or checked: an undeclared field refuses even the draft.
        services.check_declared(actor=request.actor, asked=page.content, filled=sent, now=now)
        if request.POST.get("verb") == "keep":
            return _kept(request, page, sent)
        return _sent(request, page, sent)
    except (LookupError, drafts.NotYours):
        raise Http404 from None
    except SubmissionProblem as problem:
        return presenting.not_taken(request, problem)
    except gate.Refused as problem:
        return refused(request, problem.refusal)


def _kept(request: StaffRequest, page: Counter, sent: Filled) -> HttpResponse:
    """By the button a page, by the script no more than yes or no."""
    try:
        filling.keep(request, page, sent, clock.now())
    except (VaultError, CryptoError):
        if "application/json" in request.headers.get("Accept", ""):
            return HttpResponse(status=503)
        messages.error(request, _("密钥暂不可用，草稿没有保存。"))
    else:
        if "application/json" in request.headers.get("Accept", ""):
            return HttpResponse(status=204)
        messages.success(request, _("草稿已加密保存，7 天内可以继续填写。"))
    return redirect("customers:collect")


def _sent(request: StaffRequest, page: Counter, sent: Filled) -> HttpResponse:
    """Stored, or the page again with what is wrong beside its field."""
    ready = page.answers.is_valid() & page.place.is_valid()
    if not ready and not page.answers.errors:  # everything that is wrong is said at once
        page.answers.refuse(filling.judged(page, sent, clock.now()).errors)
    if ready:
        try:
            done = services.submit(actor=request.actor, filled=filling.placed(sent, page), now=clock.now())
        except SubmissionProblem as problem:
            if problem.code == "form.undeclared":
                raise
            page.answers.refuse(problem.errors)
            if not problem.errors:
                page.answers.add_error(None, presenting.words(problem))
        else:
            filling.say(request, page, done)
            return redirect("customers:page", done.customer)
    return render(request, "collection/fill.html", filling.context(page), status=422)


@require_POST
@allowed(P.CUSTOMERS_FORM_FILL)
def discard(request: StaffRequest, draft_id: UUID) -> HttpResponse:
    drafts.discard(actor=request.actor, draft=draft_id)
    messages.success(request, _("草稿已销毁。"))
    return redirect("customers:collect")


@require_GET
@allowed(P.CUSTOMERS_FORM_READ)
def report(request: StaffRequest) -> HttpResponse:
    """What came by which channel for which purpose, and what was refused."""
    today = rules.day_of(clock.now())
    first = {"since": today - timedelta(days=29), "until": today}
    form = PeriodForm(request.GET if "since" in request.GET else first, label_suffix="")
    period = form.cleaned_data if form.is_valid() else first
    lines = queries.channels(request.actor, since=period["since"], until=period["until"])
    context = {
        "page_title": _("收集渠道报告"),
        "form": form,
        "lines": presenting.channel_lines(lines),
    }
    if request.actor.may(P.CUSTOMERS_FORM_PUBLISH):
        place = lists.place_from(request.GET)
        page = lists.window(queries.refusals(request.actor), BY_DAY, place)
        kept = {key: text for key in ("since", "until") if (text := request.GET.get(key, ""))}
        context |= {
            "may_refusals": True,
            "refusals": presenting.refusal_lines(page.rows),
            **lists.links(kept, page, place),
        }
    return render(request, "collection/report.html", context, status=422 if form.errors else 200)
