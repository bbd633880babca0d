"""Two lists for everybody, at fixed addresses, as a page, CSV or JSON; and each customer's own part of them."""

import csv
import io
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import parse_etags, quote_etag
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.kit import clock
from shouxin.portal.entering.doors import CustomerRequest, for_customers
from shouxin.portal.held import queries as held
from shouxin.portal.held import sharing
from shouxin.portal.published import queries
from shouxin.portal.published.queries import Collected, Published, SharedWith

LISTS: dict[str, Callable[[], Sequence[Any]]] = {"collected": queries.collected, "shared": queries.shared}
FORMATS = ("html", "csv", "json")


def _words(kind: str) -> tuple[str, dict[str, str]]:
    """The list's title and what its columns are called."""
    if kind == "collected":
        return _("已收集个人信息清单"), {
            "category": _("类别"), "fields": _("必需的信息"), "optional": _("可选的信息"), "purpose": _("用途"),
            "scenes": _("什么时候收集"), "basis": _("合法性基础"), "retention": _("保存多久"),
        }  # fmt: skip
    return _("与第三方共享个人信息清单"), {
        "recipient": _("第三方"), "direction": _("提供方向"), "purpose": _("用途"), "kinds": _("信息种类"),
        "way": _("方式"), "contact": _("联系方式"),
    }  # fmt: skip


@require_GET
def published(request: HttpRequest, kind: str, form: str = "html") -> HttpResponse:
    """One list. The same content answers the same tag, so that whoever has it need not fetch it again."""
    if kind not in LISTS or form not in FORMATS:
        raise Http404
    found = queries.of(LISTS[kind]())
    tag = quote_etag(f"{found.sha256[:32]}-{form}-{get_language() or ''}")
    if form != "html" and tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        answer = _answer(request, kind, form, found)
    if form != "html":  # a page holds a form's own token and is never the same twice
        answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


def _answer(request: HttpRequest, kind: str, form: str, found: Published) -> HttpResponse:
    title, columns = _words(kind)
    if form == "json":
        body = {
            "title": title,
            "language": get_language() or "",
            "sha256": found.sha256,
            "rows": [asdict(row) for row in found.rows],
        }
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    if form == "csv":
        answer = HttpResponse(_csv(columns, found.rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{kind}-{found.sha256[:12]}.csv"'
        return answer
    context = {"title": title, "kind": kind, "groups": _groups(columns, found.rows), "sha256": found.sha256}
    return render(request, "portal/published.html", context)


def _groups(columns: dict[str, str], rows: Sequence[Any]) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """The rows by what stands in their first column: a category, a third party."""
    first, *others = columns
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for row in rows:
        cells = [(columns[key], _cell(getattr(row, key))) for key in others if getattr(row, key)]
        found.setdefault(getattr(row, first), []).append(cells)
    return list(found.items())


def _cell(value: Any) -> str:
    return _("、").join(value) if isinstance(value, list) else str(value)


def _csv(columns: dict[str, str], rows: Sequence[Any]) -> str:
    """With a mark for Excel; what would begin a formula there is kept a text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns.values())
    for row in rows:
        cells = [_cell(getattr(row, key)) for key in columns]
        writer.writerow(
            [f"'{cell}" if cell[:1] in {"=", "+", "-", "@", "\t", "\r"} else cell for cell in cells]
        )
    return "\ufeff" + out.getvalue()


@require_GET
@for_customers
def mine(request: CustomerRequest) -> HttpResponse:
    """The part of both lists that is about the customer who asks: what is held, and who gets or gave any of it."""
    found = held.held(me=request.me, now=clock.now())
    items = [item for group in found.categories.values() for item in group]
    items += [item for record in found.records for item in record.items]
    keys = {item.rule.key for item in items}
    purposes = {rule.name.in_(get_language() or "zh-hans") for rule in found.purposes}
    messaged = sharing.of(me=request.me, found=found, now=clock.now()).last_sms is not None
    parts: list[tuple[str, Sequence[Collected | SharedWith]]] = [
        ("collected", [row for row in queries.collected(keys) if row.purpose in purposes]),
        ("shared", [row for row in queries.shared(keys, messaged=messaged) if _concerns(row, purposes)]),
    ]
    context = {
        "parts": [
            {"title": _words(kind)[0], "kind": kind, "groups": _groups(_words(kind)[1], rows)}
            for kind, rows in parts
        ]
    }
    return render(request, "portal/published_mine.html", context)


def _concerns(row: SharedWith, purposes: set[str]) -> bool:
    return row.purpose in purposes or row.purpose == _("发送短信")
