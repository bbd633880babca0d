"""Two lists for everybody, at fixed addresses, as a page, CSV or JSON; and each customer's own part of them."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
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
from shouxin.portal.published import queries, services
from shouxin.portal.published.models import PublishedList
from shouxin.portal.published.queries import Collected, Published, SharedWith
from shouxin.portal.published.services import LISTS

FORMATS = ("html", "csv", "json")


def words(kind: str) -> tuple[str, dict[str, str]]:
    """The list's title and what its columns are called."""
    if kind == "collected":
        return _("已收集个人信息清单"), {
            "category": _("类别"), "purpose": _("用途"), "fields": _("必需的信息"), "optional": _("可选的信息"),
            "scenes": _("什么时候收集"), "basis": _("合法性基础"), "retention": _("保存多久"),
        }  # fmt: skip
    return _("与第三方共享个人信息清单"), {
        "recipient": _("第三方"), "purpose": _("用途"), "direction": _("提供方向"), "kinds": _("信息种类"),
        "way": _("提供方式"), "contact": _("联系方式"),
    }  # fmt: skip


@require_GET
def published(request: HttpRequest, kind: str, form: str = "html") -> HttpResponse:
    """One list. The same content answers the same tag, so that whoever has it need not fetch it again."""
    if kind not in LISTS or form not in FORMATS:
        raise Http404
    found, version = services.current(kind, clock.now())
    tag = quote_etag(f"{found.sha256[:32]}-{form}-{get_language() or ''}")
    if form != "html" and tag in parse_etags(request.headers.get("If-None-Match", "")):
        answer = HttpResponse(status=304)
    else:
        answer = _answer(request, kind, form, found, version)
    if form != "html":  # a page holds a form's own token and is never the same twice
        answer["ETag"] = tag
    answer["Cache-Control"] = "no-cache"
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


def _answer(
    request: HttpRequest, kind: str, form: str, found: Published, version: PublishedList
) -> HttpResponse:
    title, columns = words(kind)
    if form == "json":
        body = {
            "title": title,
            "language": get_language() or "",
            "version": version.number,
            "since": version.at.isoformat(),
            "sha256": found.sha256,
            "rows": [asdict(row) for row in found.rows],
        }
        return JsonResponse(body, json_dumps_params={"ensure_ascii": False, "indent": 1})
    if form == "csv":
        answer = HttpResponse(_csv(columns, found.rows), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{kind}-{found.sha256[:12]}.csv"'
        return answer
    rows = [asdict(row) for row in found.rows]
    context = {
        "title": title,
        "kind": kind,
        "version": version,
        "groups": groups(columns, rows),
        "sha256": found.sha256,
    }
    return render(request, "portal/published.html", context)


@require_GET
def earlier(request: HttpRequest, kind: str) -> HttpResponse:
    """Every version that was kept, with its days."""
    if kind not in LISTS:
        raise Http404
    services.current(kind, clock.now())
    context = {"title": words(kind)[0], "kind": kind, "versions": _spans(queries.versions(kind))}
    return render(request, "portal/published_earlier.html", context)


def _spans(versions: Sequence[PublishedList]) -> list[tuple[PublishedList, datetime | None, str]]:
    """Each version, the newest first, with when the next one took its place and its hash."""
    ends = [None, *(one.at for one in versions)]
    return [(one, end, queries.hash_of(one)) for one, end in zip(versions, ends, strict=False)]


@require_GET
def one_earlier(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    """One version as it was read then."""
    row = queries.version(kind, number) if kind in LISTS else None
    if row is None:
        raise Http404
    following = queries.version(kind, number + 1)
    title, columns = words(kind)
    context = {
        "title": title,
        "kind": kind,
        "version": row,
        "until": following.at if following else None,
        "groups": groups(columns, queries.rows_of(row)),
        "sha256": queries.hash_of(row),
        "kept": True,
    }
    return render(request, "portal/published.html", context)


def groups(
    columns: Mapping[str, str], rows: Sequence[Mapping[str, Any]]
) -> list[tuple[str, list[list[tuple[str, str]]]]]:
    """The rows by what stands in their first column: a category, a third party."""
    first, *others = columns
    found: dict[str, list[list[tuple[str, str]]]] = {}
    for row in rows:
        cells = [(columns[key], cell(row[key])) for key in others if row[key]]
        found.setdefault(row[first], []).append(cells)
    return list(found.items())


def cell(value: Any) -> str:
    return _("、").join(value) if isinstance(value, list) else str(value)


def _csv(columns: dict[str, str], rows: Sequence[Any]) -> str:
    """With a mark for Excel; what would begin a formula there is kept a text."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns.values())
    for row in rows:
        cells = [cell(getattr(row, key)) for key in columns]
        writer.writerow(
            [f"'{text}" if text[:1] in {"=", "+", "-", "@", "\t", "\r"} else text for text in cells]
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
    carried = sharing.of(me=request.me, found=found, now=clock.now()).carried
    parts: list[tuple[str, Sequence[Collected | SharedWith]]] = [
        ("collected", [row for row in queries.collected(keys) if row.purpose in purposes]),
        ("shared", [row for row in queries.shared(keys, carried=carried) if _concerns(row, purposes)]),
    ]
    context = {
        "parts": [
            {
                "title": words(kind)[0],
                "kind": kind,
                "groups": groups(words(kind)[1], [asdict(row) for row in rows]),
            }
            for kind, rows in parts
        ]
    }
    return render(request, "portal/published_mine.html", context)


def _concerns(row: SharedWith, purposes: set[str]) -> bool:
    return row.purpose in {*purposes, _("发送短信"), _("发送邮件")}
