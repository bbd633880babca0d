"""Taking down what a customer arranged for after their death, on their page."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.rights.arranged import services
from shouxin.rights.cases.errors import CaseProblem


@require_POST
@allowed(Permission.RIGHTS_CASE_FILE)
def arrange(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    try:
        services.arrange(
            actor=request.actor, customer=customer_id, allowed=request.POST.getlist("wish"), now=clock.now()
        )
    except CaseProblem:
        raise Http404 from None
    messages.success(request, _("已记下客户的身后安排。"))
    return redirect("customers:page", customer_id)
