"""Screens of thresholds: all of them with what holds now, and one with its history."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.thresholds import presenting, queries, services
from shouxin.people.thresholds.forms import ValueForm
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import thresholds

P = Permission
READERS = (P.PEOPLE_THRESHOLD_READ, P.PEOPLE_THRESHOLD_ASK, P.PEOPLE_THRESHOLD_CONFIRM)


@require_GET
@allowed(*READERS)
def overview(request: StaffRequest) -> HttpResponse:
    chosen, waiting = queries.in_force(), queries.asked_for()
    rows = [
        presenting.row(one, chosen.get(one.key)) | {"waiting": waiting.get(one.key)}
        for one in thresholds.values()
    ]
    if request.GET.get("state") == "awaiting":
        mine = {one.key for one in queries.awaiting(request.actor)}
        rows = [row for row in rows if row["key"] in mine]
    context = {"page_title": _("限额与期限"), "rows": rows, "narrowed": "state" in request.GET}
    return render(request, "thresholds/list.html", context)


@require_http_methods(["GET", "POST"])
@allowed(*READERS)
def one(request: StaffRequest, key: str) -> HttpResponse:
    threshold, actor = thresholds.get(key), request.actor
    if threshold is None or (request.method == "POST" and not actor.may(P.PEOPLE_THRESHOLD_ASK)):
        raise Http404
    may_ask = actor.may(P.PEOPLE_THRESHOLD_ASK)
    form = ValueForm(request.POST or None, threshold=threshold) if may_ask else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            services.ask(actor=actor, key=key, now=clock.now(), **form.cleaned_data)
        except PeopleError as error:
            form.add_error(None, error.text.in_(presenting.language()))
        else:
            messages.success(request, _("已提交，待另一人确认后生效；在此之前仍按原值。"))
            return redirect("people:threshold", key)
    context = {**presenting.detail_context(actor, threshold), "form": form}
    return render(request, "thresholds/one.html", context, status=422 if form and form.errors else 200)


@require_POST
@allowed(P.PEOPLE_THRESHOLD_ASK, P.PEOPLE_THRESHOLD_CONFIRM)
@fresh_second_factor("confirm")
def decide(request: StaffRequest, change_id: UUID, verb: str) -> HttpResponse:
    change = ThresholdChange.objects.filter(id=change_id).first()
    if change is None:
        raise Http404
    service = {"confirm": services.confirm, "refuse": services.refuse, "withdraw": services.withdraw}[verb]
    try:
        service(actor=request.actor, change_id=change_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(presenting.language()))
    else:
        messages.success(request, _("已处理。"))
    return redirect("people:threshold", change.key)
