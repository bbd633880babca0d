"""Arranging one's own lists: each verb is posted and leads back to the list."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from shouxin.kit import clock, lists
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.lists import queries, services
from shouxin.people.lists.reading import ALL, SAVED, TOKEN
from shouxin.people.lists.services import PROBLEMS, ListProblem


def _listed(key: str) -> lists.Listed:
    if key not in lists.known:
        raise Http404
    return lists.known[key]


@require_POST
@allowed()
def look(request: StaffRequest, key: str) -> HttpResponse:
    """Columns and rows on a page."""
    listed, size = _listed(key), request.POST.get("size", "")
    try:
        services.choose_look(
            actor=request.actor,
            key=key,
            shown=request.POST.getlist("column"),
            size=int(size) if size.isdecimal() else 0,
        )
    except ListProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
    return redirect(_back(request, listed))


@require_POST
@allowed()
def save(request: StaffRequest, key: str) -> HttpResponse:
    """Keep what the list is narrowed to by a name."""
    listed = _listed(key)
    try:
        kept = services.save_filter(
            actor=request.actor,
            key=key,
            name=request.POST.get("name", ""),
            query={one: request.POST.get(one, "") for one in (*listed.filters, "sort")},
            opens=request.POST.get("opens") == "1",
            now=clock.now(),
        )
    except ListProblem as problem:
        messages.error(request, str(PROBLEMS[problem.code]))
        return redirect(_back(request, listed))
    messages.success(request, _("已保存筛选“%(name)s”。") % {"name": kept.name})
    return redirect(f"{reverse(listed.url_name)}?{SAVED}={kept.id}")


@require_POST
@allowed()
def saved(request: StaffRequest, saved_id: UUID) -> HttpResponse:
    """Forget a saved filter, or let the list open with it."""
    found = queries.saved(request.actor, saved_id)
    if found is None or found.list_key not in lists.known:
        raise Http404
    home = reverse(lists.known[found.list_key].url_name)
    if request.POST.get("verb") == "open":
        services.open_with(actor=request.actor, saved=saved_id)
        return redirect(f"{home}?{SAVED}={saved_id}")
    services.forget_filter(actor=request.actor, saved=saved_id)
    messages.success(request, _("已删除筛选“%(name)s”。") % {"name": found.name})
    return redirect(home)


def _back(request: StaffRequest, listed: lists.Listed) -> str:
    """The list as it was, by the token or the code filters that its own form carries; never a free address."""
    may = {*listed.filters, TOKEN, SAVED, ALL, "sort"} - listed.hidden
    kept = {key: text for key in may if (text := request.POST.get(f"at_{key}", ""))}
    home = reverse(listed.url_name)
    return f"{home}?{urlencode(kept)}" if kept else home
