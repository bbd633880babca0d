"""The handbook on screen: contents and search, one chapter, its pictures."""

from typing import Any

from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_GET, require_http_methods

from shouxin.console.handbook import queries
from shouxin.console.handbook.presenting import contents, hits, own_chapters
from shouxin.console.handbook.rendering import CONTENTS
from shouxin.people.doors import StaffRequest, allowed

LONGEST_TERM = 80


def _language() -> str:
    return get_language() or "zh-hans"


@require_http_methods(["GET", "POST"])
@allowed()
def index(request: StaffRequest) -> HttpResponse:
    """The contents, the reader's own chapters first; a search is posted, so that it never stands in an address."""
    term = request.POST.get("term", "").strip()[:LONGEST_TERM]
    context: dict[str, Any] = {
        "book": queries.chapter(CONTENTS, _language()),
        "own": own_chapters(request.actor, _language()),
        "term": term,
        "hits": hits(queries.search(term, _language())) if term else None,
    }
    return render(request, "handbook/index.html", context)


@require_GET
@allowed()
def chapter(request: StaffRequest, chapter: str) -> HttpResponse:
    if chapter == CONTENTS:
        return redirect("console:help")
    book = queries.chapter(chapter, _language())
    if book is None:
        raise Http404
    return render(request, "handbook/chapter.html", {"book": book, "contents": contents(book)})


@require_GET
@allowed()
@cache_control(private=True, max_age=3600)
def picture(_request: StaffRequest, name: str) -> HttpResponseBase:
    path = queries.picture(name)
    if path is None:
        raise Http404
    return FileResponse(path.open("rb"), content_type="image/png")
