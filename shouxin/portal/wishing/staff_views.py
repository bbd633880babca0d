"""Wishes that many customers share, as proposals for improvement."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.core.policy import Permission
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.thresholds.queries import value
from shouxin.portal.wishing import queries, rules

KINDS = {
    "topic": gettext_lazy("想了解"),
    "refused": gettext_lazy("不希望用这种方式联系"),
    "language": gettext_lazy("希望用这种语言"),
    "hours": gettext_lazy("希望的联系时间"),
}


@require_GET
@allowed(Permission.PORTAL_WISH_READ)
def proposals(request: StaffRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    rows = [
        {
            "kind": KINDS.get(one.kind, one.kind),
            "name": rules.name(one.kind, one.code, language),
            "people": one.people,
            "of": one.of,
            "share": round(100 * one.people / one.of) if one.of else 0,
            "at": one.counted_at,
        }
        for one in queries.proposals(request.actor)
    ]
    context = {"page_title": _("客户的共同愿望"), "rows": rows, "smallest": value(rules.SMALLEST)}
    return render(request, "portal/staff/wishes.html", context)
