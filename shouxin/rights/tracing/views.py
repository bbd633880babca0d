"""The whole story of one customer on one page, and either version of it as a page that proves itself."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from shouxin.core.policy import Permission
from shouxin.customers.registry import merging
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer
from shouxin.customers.timeline.reads import sees_names
from shouxin.journal.services import NoLedgerYet
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.second_factor.doors import fresh_second_factor
from shouxin.rights.tracing import exporting, presenting
from shouxin.rulebook.purposes.queries import organisation_name

P = Permission


@never_cache
@require_GET
@allowed(P.RIGHTS_CASE_HANDLE)
def whole(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    row = _visible(request, customer_id)
    names = sees_names(request.actor, row)
    context = {
        "page_title": _("信息处理全过程"),
        "customer": row.id,
        "names": names,
        **presenting.page(merging.family(row.id), for_person=False, names=names, language=get_language()),
    }
    return render(request, "tracing/story.html", context)


@never_cache
@require_POST
@allowed(P.RIGHTS_CASE_HANDLE)
@fresh_second_factor()
def export(request: StaffRequest, customer_id: UUID) -> HttpResponse:
    """One of the two versions, to keep or to hand over."""
    row, for_person = _visible(request, customer_id), request.POST.get("version") == "person"
    try:
        made = exporting.export(
            actor=request.actor,
            customers=merging.family(row.id),
            organisation=organisation_name(),
            names=sees_names(request.actor, row),
            for_person=for_person,
            now=clock.now(),
        )
    except (exporting.NotSealedYet, NoLedgerYet):
        messages.error(request, _("日志还没有封存到这一刻，请过几秒再导出。"))
        return redirect("rights:story", row.id)
    return page_file(made.page, "person" if for_person else "staff")


def page_file(page: str, version: str) -> HttpResponse:
    """The answer that carries the page."""
    answer = HttpResponse(page, content_type="text/html; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="story-{version}.html"'
    answer["Cache-Control"] = "no-store"
    return answer


def _visible(request: StaffRequest, customer_id: UUID) -> Customer:
    row = registry.find(request.actor, customer_id)
    if row is None:
        raise Http404
    return row
