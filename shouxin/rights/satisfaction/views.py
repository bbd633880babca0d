"""How satisfied customers were, by department and month."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shouxin.core.policy import Permission
from shouxin.journal import services as journal
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.thresholds.queries import value
from shouxin.rights.satisfaction import queries, rules
from shouxin.rights.satisfaction.keeping import remark_in

SHOWN = 20


@never_cache
@require_GET
@allowed(Permission.RIGHTS_CASE_READ)
def figures(request: StaffRequest) -> HttpResponse:
    rows = list(queries.remarked(request.actor)[:SHOWN])
    if rows:
        with transaction.atomic():
            data = {"count": len(rows)}
            journal.append(actor=request.actor, event="satisfaction.remarks_read", data=data)
    context = {
        "page_title": _("客户满意度"),
        "months": queries.months(request.actor, clock.now()),
        "least": value(rules.LEAST),
        "remarks": [{"row": row, "text": remark_in(row)} for row in rows],
    }
    return render(request, "satisfaction/figures.html", context)
