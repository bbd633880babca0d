"""Staff settle what a person denied, from the page of its case."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.customers.registry.services import EditConflict
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.people.working_purpose import purpose_of
from shouxin.portal.changes import settling
from shouxin.portal.changes.errors import ChangeProblem
from shouxin.portal.changes.models import Freeze
from shouxin.rights.cases import presenting, queries
from shouxin.rights.cases.errors import CaseProblem


@require_POST
@allowed(Permission.RIGHTS_CASE_HANDLE)
@fresh_second_factor()
def settle(request: StaffRequest, freeze_id: UUID) -> HttpResponse:
    row = Freeze.objects.filter(id=freeze_id, case__in=queries.visible_to(request.actor)).first()
    if row is None:
        raise Http404
    now, problem = clock.now(), ""
    try:
        if request.POST.get("verb") == "keep":
            settling.keep(actor=request.actor, freeze=row.id, now=now)
        else:
            purpose = purpose_of(request, request.actor)
            settling.put_back(actor=request.actor, freeze=row.id, purpose=purpose, now=now)
    except CaseProblem as found:
        problem = str(presenting.PROBLEMS.get(found.code, found.code))
    except ChangeProblem as found:
        problem = found.text.in_(get_language() or "zh-hans")
    except gate.Refused as found:
        problem = found.refusal.reason.in_(get_language() or "zh-hans")
    except EditConflict:
        problem = _("资料刚刚有变动，没有恢复。请再试一次。")
    if problem:
        messages.error(request, problem)
    else:
        messages.success(request, _("已处理。请在本页答复客户。"))
    return redirect("rights:case", row.case_id)
