"""The auditor's pages: the journal in sentences, and one entry with the proof that it stands in the sealed log."""

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.console.journal.forms import FilterForm
from shouxin.core.policy import Permission
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import queries
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest, allowed


def _presented(lines: Iterable[queries.Line]) -> list[dict[str, Any]]:
    """Entries as the page shows them: staff and purposes by name."""
    lines, language = list(lines), get_language() or "zh-hans"
    known = people.names_of(line.actor for line in lines)
    purposes = {rule.key: rule.name.in_(language) for rule in rulebooks["rulebook"].purposes()}
    return [
        {
            "id": line.id,
            "at": line.at,
            "event": line.event,
            "sentence": line.sentence(language),
            "who": known.get(line.actor, _("系统")),
            "actor": line.actor,
            "customer": line.customer,
            "purpose": purposes.get(line.purpose or "", line.purpose or ""),
        }
        for line in lines
    ]


@require_GET
@allowed(Permission.JOURNAL_ENTRY_READ)
def entries(request: StaffRequest) -> HttpResponse:
    form = FilterForm(request.GET or None)
    filters = form.filters() if form.is_bound else queries.Filters()
    before = form.above if form.is_bound else None
    found = queries.search(request.actor, filters, limit=queries.PAGE + 1, before=before)
    rest = request.GET.copy()
    rest["before"] = str(found[queries.PAGE - 1].id) if len(found) > queries.PAGE else ""
    context = {
        "form": form,
        "lines": _presented(found[: queries.PAGE]),
        "sealing": queries.sealing(),
        "next_href": f"?{rest.urlencode()}" if rest["before"] else "",
    }
    return render(request, "journal/entries.html", context)


@require_GET
@allowed(Permission.JOURNAL_ENTRY_READ)
def entry(request: StaffRequest, entry_id: UUID) -> HttpResponse:
    line = queries.entry(request.actor, entry_id)
    if line is None:
        raise Http404
    context = {
        "line": _presented([line])[0],
        "data": json.dumps(line.data, ensure_ascii=False, indent=2, default=str) if line.data else "—",
        "proof": queries.inclusion(entry_id),
    }
    return render(request, "journal/entry.html", context)
