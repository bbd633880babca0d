"""Staff say, on the page of a request, that they wrote to somebody whom no message reached."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.portal.answers import services
from shouxin.portal.answers.models import Letter
from shouxin.rights.cases import presenting, queries
from shouxin.rights.cases.errors import CaseProblem


@require_POST
@allowed(Permission.RIGHTS_CASE_HANDLE)
def posted(request: StaffRequest, letter_id: UUID) -> HttpResponse:
    row = Letter.objects.filter(id=letter_id, case__in=queries.visible_to(request.actor)).first()
    if row is None:
        raise Http404
    try:
        services.posted(actor=request.actor, letter=row.id, now=clock.now())
    except CaseProblem as problem:
        messages.error(request, str(presenting.PROBLEMS[problem.code]))
    else:
        messages.success(request, _("已记下：您书面告知了申请人。"))
    return redirect("rights:case", row.case_id)
