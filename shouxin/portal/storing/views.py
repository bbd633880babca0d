"""The one place where staff state where things are stored."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.portal.storing import presenting, queries, services
from shouxin.portal.storing.errors import StoringProblem
from shouxin.portal.storing.forms import PlaceForm
from shouxin.portal.storing.models import Part, StoredIn

P = Permission
PROBLEMS = {
    "configuration.changed": gettext_lazy("存放方式刚刚改过，请按现在的配置重新登记。"),
    "place.unknown": gettext_lazy("请选择所在的国家或地区。"),
}
HISTORY = 20


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.PORTAL_STORAGE_STATE)
def stored(request: StaffRequest) -> HttpResponse:
    sent = PlaceForm(request.POST, prefix=_prefix(request)) if request.method == "POST" else None
    if sent is not None and sent.is_valid():
        try:
            services.state(actor=request.actor, now=clock.now(), **sent.cleaned_data)
        except StoringProblem as problem:
            sent.add_error(None, PROBLEMS[problem.code])
        else:
            messages.success(request, _("已登记，客户从现在起看到的就是它。"))
            return redirect("portal:stored")
    waiting = request.GET.get("state") == "open"
    parts = [_part(one, sent) for one in queries.stored() if not (waiting and one.stated)]
    history = [] if waiting else StoredIn.objects.select_related("stated_by").order_by("-stated_at")[:HISTORY]
    context = {
        "page_title": _("存放地点"),
        "parts": parts,
        "history": [{"row": row, "place": presenting.place(row)} for row in history],
    }
    return render(request, "portal/staff/stored.html", context, status=422 if sent else 200)


def _prefix(request: StaffRequest) -> str:
    return next((part for part in Part.values if f"{part}-seen" in request.POST), Part.DATABASE.value)


def _part(found: queries.Stored, sent: PlaceForm | None) -> dict[str, Any]:
    part = found.store.part
    form = sent if sent is not None and sent.prefix == part.value else None
    if form is None:
        initial = {"part": part.value, "seen": found.store.digest}
        if found.stated:
            initial |= {"country": found.stated.country, "province": found.stated.province}
        form = PlaceForm(prefix=part.value, initial=initial)
    return {
        "title": part.label,
        "kind": presenting.kind(found),
        "region": found.store.region,
        "stated": found.stated,
        "place": presenting.place(found.stated) if found.stated else "",
        "moved": found.moved,
        "form": form,
    }
