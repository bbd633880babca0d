"""The versions of the public lists, for staff: since when each stood there, and what it changed."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.core.policy import Permission
from shouxin.kit import clock
from shouxin.people.doors import StaffRequest, allowed
from shouxin.portal.published import queries, rules, services
from shouxin.portal.published.rules import Difference
from shouxin.portal.published.services import LISTS
from shouxin.portal.published.views import cell, groups, words

KINDS = {"added": "ok", "removed": "warn", "changed": "info"}


@require_GET
@allowed(Permission.RULEBOOK_PURPOSE_READ)
def lists(request: StaffRequest) -> HttpResponse:
    found = []
    for kind in LISTS:
        services.current(kind, clock.now())
        rows = queries.versions(kind)
        found.append((kind, words(kind)[0], [(one, queries.hash_of(one)) for one in rows]))
    return render(request, "portal/staff/lists.html", {"page_title": _("公开清单"), "lists": found})


@require_GET
@allowed(Permission.RULEBOOK_PURPOSE_READ)
def version(request: StaffRequest, kind: str, number: int) -> HttpResponse:
    row = queries.version(kind, number) if kind in LISTS else None
    if row is None:
        raise Http404
    before, after = queries.version(kind, number - 1), queries.version(kind, number + 1)
    title, columns = words(kind)
    said = queries.rows_of(row)
    changed = rules.differences(kind, queries.rows_of(before), said) if before else []
    context = {
        "page_title": _("%(list)s 第 %(number)d 版") % {"list": title, "number": number},
        "version": row,
        "before": before,
        "after": after,
        "sha256": queries.hash_of(row),
        "changes": [_shown(kind, one, columns) for one in changed],
        "groups": groups(columns, said),
    }
    return render(request, "portal/staff/list_version.html", context)


def _shown(kind: str, one: Difference, columns: dict[str, str]) -> dict[str, Any]:
    row = one.after or one.before or {}
    before, after = one.before or {}, one.after or {}
    return {
        "what": {"added": _("新增"), "removed": _("移除"), "changed": _("改动")}[one.what],
        "tint": KINDS[one.what],
        "name": " · ".join(str(row[key]) for key in rules.NAMED_BY[kind]),
        "cells": [(columns[key], cell(before[key]), cell(after[key])) for key in one.columns],
    }
