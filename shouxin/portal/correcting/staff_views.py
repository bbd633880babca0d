"""Staff take over what a person asked to have corrected, from the page of the case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Actor, Permission
from shouxin.customers.registry.services import EditConflict
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.working_purpose import purpose_of
from shouxin.portal.correcting import services
from shouxin.portal.correcting.errors import CorrectionProblem
from shouxin.rights.cases import presenting, queries
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import words_of
from shouxin.rights.cases.models import Case, State


@require_POST
@allowed(Permission.RIGHTS_CASE_HANDLE)
def take_over(request: StaffRequest, case_id: UUID) -> HttpResponse:
    row = queries.visible_to(request.actor).filter(id=case_id).first()
    if row is None:
        raise Http404
    problem, language = "", get_language() or "zh-hans"
    try:
        purpose = purpose_of(request, request.actor)
        services.take_over(actor=request.actor, case=row.id, purpose=purpose, now=clock.now())
    except CaseProblem as found:
        problem = str(presenting.PROBLEMS.get(found.code, found.code))
    except CorrectionProblem as found:
        problem = found.text.in_(language)
    except gate.Refused as found:
        problem = found.refusal.reason.in_(language)
    except EditConflict:
        problem = _("资料刚刚有变动，没有改写。请再试一次。")
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("已按申请人写的改正。请在本页答复客户。"))
    return redirect("rights:case", row.id)


def in_case(request: HttpRequest, case: Case) -> Mapping[str, Any] | None:
    """On the page of a request for correction: what is to stand there, which the page has recorded as read."""
    actor: Actor | None = getattr(request, "actor", None)
    wanted = words_of(case).changes if case.fields else {}
    if actor is None or not wanted:
        return None
    known, language = rulebooks["rulebook"].fields(), get_language() or "zh-hans"
    mine = case.handler_id == actor.id and actor.may(Permission.CUSTOMERS_PROFILE_EDIT)
    return {
        "case": case,
        "wanted": [
            (known[key].name.in_(language) if key in known else key, text) for key, text in wanted.items()
        ],
        "may": mine and case.state == State.HANDLING,
        "request": request,
    }
