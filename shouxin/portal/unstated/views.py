"""What is held without a purpose, for the officer."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from shouxin.core.policy import Permission, PurposeStatus
from shouxin.people.doors import StaffRequest, allowed
from shouxin.portal.held.rules import CATEGORIES
from shouxin.portal.unstated import queries
from shouxin.portal.unstated.queries import Defect


@never_cache
@require_GET
@allowed(Permission.PORTAL_DEFECT_READ)
def unstated(request: StaffRequest) -> HttpResponse:
    language = get_language() or "zh-hans"
    found = sorted(
        queries.defects(request.actor),
        key=lambda one: (list(CATEGORIES).index(one.category), one.ground.field),
    )
    context = {"page_title": _("无处理目的的信息"), "rows": [_row(one, language) for one in found]}
    return render(request, "portal/staff/unstated.html", context)


def _row(found: Defect, language: str) -> dict[str, object]:
    return {
        "field": found.field.name.in_(language) if found.field else found.ground.field,
        "purpose": found.purpose.name.in_(language) if found.purpose else found.ground.purpose,
        "key": found.ground.purpose if found.purpose else "",
        "why": _why(found),
        "category": CATEGORIES[found.category].in_(language),
        "customers": _figure(found),
    }


def _why(found: Defect) -> str:
    if found.purpose is None:
        return _("没有这个处理目的")
    if found.purpose.status is not PurposeStatus.ACTIVE:
        return _("处理目的没有启用")
    return _("处理目的不再包含这一项")


def _figure(found: Defect) -> str:
    """How many are concerned; of what is kept secret nobody counts, because nobody opens it for that."""
    if not found.countable:
        return _("不统计")
    return _("统计中") if found.customers is None else str(found.customers)
