"""The screen that finds customers. Everything is posted: what was typed stands in no address, log or history."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouxin.core.identifiers import addresses
from shouxin.core.policy import Permission
from shouxin.customers.registry import presenting
from shouxin.customers.registry.forms import SearchForm
from shouxin.customers.registry.search import search
from shouxin.customers.registry.views import no_purpose, working_purpose
from shouxin.gate import services as gate
from shouxin.gate.presenting import refused
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(Permission.CUSTOMERS_PROFILE_SEARCH)
def find(request: StaffRequest) -> HttpResponse:
    """Search; a further page is the same search, posted again with where it begins."""
    purpose = working_purpose(request)
    if purpose is None:
        return no_purpose(request, _("查找客户"))
    data = request.POST if request.method == "POST" else None
    form = SearchForm(data, departments=presenting.own_departments(request))
    context: dict[str, Any] = {"page_title": _("查找客户"), "search_form": form}
    try:
        if data is not None and form.is_valid():
            found = search(
                actor=request.actor,
                purpose=purpose.key,
                term=form.cleaned_data["term"],
                filters=form.filters,
                before=presenting.uuid_or_none(data.get("before", "")),
                rows=form.cleaned_data["rows"],
                now=clock.now(),
            )
            context["left_out"] = presenting.left_out_words(found.left_out)
            context |= {"found": found, "rows": presenting.rows(found.customers), "searched": True}
            context["crowded_place"] = not found.customers and addresses.is_crowd(form.cleaned_data["term"])
    except gate.Refused as problem:
        return refused(request, problem.refusal)
    return render(request, "registry/find.html", context)
