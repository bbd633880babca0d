"""Screen of delegations: those in force and over, and giving one."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.delegations import presenting, queries, services
from shouxin.people.delegations.forms import DelegationForm
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.problems import PeopleError
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission
MOST = 100


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_READ)
@fresh_second_factor()
def delegations(request: StaffRequest) -> HttpResponse:
    now, actor = clock.now(), request.actor
    may_give = actor.may(P.PEOPLE_DELEGATION_GIVE)
    form = None
    if may_give:
        today = clock.today()
        form = DelegationForm(request.POST or None, actor=actor, initial={"starts": today})
    if request.method == "POST" and form is not None and form.is_valid():
        starts, until = form.span()
        try:
            services.give(
                actor=actor,
                deputy=form.cleaned_data["deputy"],
                starts_at=starts,
                until=until,
                reason=form.cleaned_data["reason"],
                now=now,
            )
        except PeopleError as error:
            form.add_error(None, error.text.in_(get_language() or "zh-hans"))
        else:
            messages.success(request, _("已委托；到期自动结束，随时可以收回。"))
            return redirect("people:delegations")
    working = set(queries.in_force(now).values_list("id", flat=True))
    rows: list[dict[str, Any]] = [
        {"one": one, "working": one.id in working, "waiting": one.ended_at is None and one.starts_at > now}
        for one in queries.visible_to(actor)[:MOST]
    ]
    context = {"page_title": _("委托代理"), "rows": rows, "form": form}
    return render(request, "delegations/list.html", context, status=422 if form and form.errors else 200)


@require_GET
@allowed(P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_READ)
def delegation(request: StaffRequest, delegation_id: UUID) -> HttpResponse:
    now, one = clock.now(), queries.visible_to(request.actor).filter(id=delegation_id).first()
    if one is None:
        raise Http404
    working = queries.in_force(now).filter(id=one.id).exists()
    context = presenting.detail_context(request.actor, one, now, working=working)
    return render(request, "delegations/one.html", context)


@require_POST
@allowed(P.PEOPLE_DELEGATION_GIVE, P.ACCESS_REVIEW_OPEN)
def end(request: StaffRequest, delegation_id: UUID) -> HttpResponse:
    try:
        services.end(actor=request.actor, delegation_id=delegation_id, now=clock.now())
    except PeopleError as error:
        messages.error(request, error.text.in_(get_language() or "zh-hans"))
    else:
        messages.success(request, _("委托已收回，立即生效。"))
    return redirect("people:delegations")
