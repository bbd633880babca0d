"""Screens of a case's package: put together, looked through, frozen, handed over."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rights.cases import presenting as cases
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case
from shouxin.rights.cases.models import State as CaseState
from shouxin.rights.cases.queries import visible_to
from shouxin.rights.packages import presenting, queries, rules, services
from shouxin.rights.packages.models import Package, State

P = Permission


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_HANDLE)
def package(request: StaffRequest, case_id: UUID) -> HttpResponse:
    return _page(request, _visible(request, case_id), {})


def _page(
    request: StaffRequest,
    row: Case,
    looked: dict[str, str],
    chosen: frozenset[str] = frozenset(),
    status: int = 200,
) -> HttpResponse:
    found = queries.of(row)
    mine = row.handler_id == request.actor.id
    reviewing = found is not None and found.state == State.REVIEW and mine
    context: dict[str, Any] = {
        "page_title": _("申请 %(number)s 的材料") % {"number": row.number},
        "case": row,
        "package": found,
        "standing": presenting.standing(found) if found else None,
        "waits_for": presenting.waits_for(row, request.actor.id),
        "parts": list(presenting.parts(found, looked)) if found and reviewing else [],
        "secret": presenting.kept_secret(found),
        "reasons": presenting.reasons(),
        "chosen": chosen,
        "can_make": mine and row.state == CaseState.HANDLING and row.act in rules.KINDS,
        "can_hand": mine and found is not None and found.state == State.READY,
    }
    return render(request, "packages/package.html", context, status=status)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
def make(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Put everything together; it is looked through on the page that follows."""
    row = _visible(request, case_id)
    try:
        services.assemble(actor=request.actor, case=row.id, now=clock.now())
    except CaseProblem as problem:
        messages.error(request, str(cases.PROBLEMS[problem.code]))
    except Refused:
        messages.error(request, _("现在不能打开该客户的信息；请联系个人信息保护负责人。"))
    else:
        messages.success(request, _("已汇集，请逐类审阅。"))
    return redirect("rights:package", row.id)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
@fresh_second_factor()
def look(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """One value in clear, on the same page; what was ticked so far stays."""
    row, asked = _visible(request, case_id), request.POST.get("look", "")
    chosen = frozenset(request.POST.getlist("row"))
    try:
        text = services.look(actor=request.actor, case=row.id, row=asked)
    except CaseProblem as problem:
        messages.error(request, str(cases.PROBLEMS[problem.code]))
        return _page(request, row, {}, chosen, 422)
    return _page(request, row, {asked: text}, chosen)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
def freeze(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """From now on nothing changes in it."""
    row, reason = _visible(request, case_id), request.POST.get("reason", "")
    withheld = dict.fromkeys(request.POST.getlist("row"), reason)
    try:
        services.freeze(actor=request.actor, case=row.id, withheld=withheld, now=clock.now())
    except CaseProblem as problem:
        messages.error(request, str(cases.PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已定稿；批准答复后，申请人可以领取一次。"))
    return redirect("rights:package", row.id)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
@fresh_second_factor()
def hand_over(request: StaffRequest, case_id: UUID) -> HttpResponseBase:
    """The archive itself, once, to give to whoever asked."""
    row = _visible(request, case_id)
    try:
        found, content = services.hand_over(actor=request.actor, case=row.id, now=clock.now())
    except CaseProblem as problem:
        messages.error(request, str(cases.PROBLEMS[problem.code]))
        return redirect("rights:package", row.id)
    return archive(found, row, content)


def archive(found: Package, row: Case, content: Any) -> HttpResponseBase:
    """The answer that carries an archive."""
    answer = StreamingHttpResponse(content, content_type="application/zip")
    answer["Content-Disposition"] = f'attachment; filename="{row.number}.zip"'
    answer["Content-Length"] = str(found.size)
    answer["Cache-Control"] = "no-store"
    return answer


def _visible(request: StaffRequest, case_id: UUID) -> Case:
    found = visible_to(request.actor).filter(id=case_id).first()
    if found is None:
        raise Http404
    return found
