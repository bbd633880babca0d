"""Screens of joining: a table of new staff, and the two pages on which their roles are granted and confirmed."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from shouxin.core.policy import Permission
from shouxin.kit import clock, sheets
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.joining import queries, reading, rules, services, writing
from shouxin.people.joining.forms import RowsForm, TableForm, signed
from shouxin.people.joining.rules import Line
from shouxin.people.joining.services import TableRefused
from shouxin.people.second_factor.doors import fresh_second_factor

P = Permission


def language() -> str:
    return get_language() or "zh-hans"


@require_GET
@allowed(P.PEOPLE_STAFF_WRITE)
def template(_request: StaffRequest) -> HttpResponse:
    return _download(writing.template(queries.paths(), language()), "staff-template.xlsx")


def _download(content: bytes, name: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=sheets.CONTENT_TYPE)
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@never_cache
@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_STAFF_WRITE)
def upload(request: StaffRequest) -> HttpResponse:
    """The table is read in memory, shown with its problems, and kept nowhere."""
    form = TableForm(request.POST or None, request.FILES or None, label_suffix="")
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            rows = reading.table(file.read(reading.LARGEST + 1))
        except reading.UnreadableTable as problem:
            form.add_error("file", problem.text.in_(language()))
        else:
            return _preview(request, rows, queries.checked(rows))
    context = {"form": form, "most": rules.MOST_ROWS}
    return render(request, "joining/upload.html", context, status=422 if form.errors else 200)


def _preview(request: StaffRequest, rows: list[tuple[int, list[str]]], lines: list[Line]) -> HttpResponse:
    bad = sum(1 for line in lines if line.problems)
    context = {
        "columns": [column.in_(language()) for column in rules.COLUMNS],
        "lines": [
            (
                line.number,
                [
                    (cell, line.problems[place].in_(language()) if place in line.problems else "")
                    for place, cell in enumerate(line.cells)
                ],
            )
            for line in lines
        ],
        "count": len(lines),
        "bad": bad,
        "cells": sum(len(line.problems) for line in lines),
        "rows": signed(rows),
    }
    return render(request, "joining/preview.html", context, status=422 if bad else 200)


@never_cache
@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
def marked(request: StaffRequest) -> HttpResponse:
    """The same table with its problems in it."""
    form = RowsForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["rows"][0]))
        return redirect("people:join")
    lines = queries.checked(form.cleaned_data["rows"])
    return _download(writing.marked(lines, language()), "staff-marked.xlsx")


@never_cache
@sensitive_post_parameters("rows")
@require_POST
@allowed(P.PEOPLE_STAFF_WRITE)
def create(request: StaffRequest) -> HttpResponse:
    """Everybody or nobody; first passwords stand in the answer to this POST alone."""
    form = RowsForm(request.POST)
    if not form.is_valid():
        messages.error(request, str(form.errors["rows"][0]))
        return redirect("people:join")
    rows = form.cleaned_data["rows"]
    try:
        made = services.create_from_table(actor=request.actor, rows=rows, now=clock.now())
    except TableRefused as problem:
        messages.error(request, _("没有新建任何人：表格与现在的情况不符，见下。"))
        return _preview(request, rows, list(problem.lines))
    return render(request, "joining/slips.html", {"made": made})


def _chosen(request: StaffRequest) -> list[UUID]:
    found = []
    for value in request.POST.getlist("chosen"):
        try:
            found.append(UUID(value))
        except ValueError:
            continue
    return found


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_ROLE_GRANT)
@fresh_second_factor()
def proposed(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        grant = request.POST.get("verb") == "grant"
        known = set(queries.proposals(request.actor).values_list("id", flat=True))
        done, refused = services.decide(
            actor=request.actor,
            proposals=[one for one in _chosen(request) if one in known],
            grant=grant,
            now=clock.now(),
        )
        for proposal, text in refused:
            messages.error(request, f"{proposal.staff.display_name}：{text.in_(language())}")
        if done and grant:
            said = _("已授予 %(n)d 个角色，待部门负责人确认后生效。")
            messages.success(request, said % {"n": done})
        elif done:
            said = _("已决定不授予 %(n)d 个角色。")
            messages.success(request, said % {"n": done})
        return redirect("people:roles_proposed")
    return render(request, "joining/proposed.html", {"rows": list(queries.proposals(request.actor))})


@require_http_methods(["GET", "POST"])
@allowed(P.PEOPLE_ROLE_CONFIRM)
@fresh_second_factor()
def waiting(request: StaffRequest) -> HttpResponse:
    if request.method == "POST":
        known = {row.id for row in queries.confirmable(request.actor)}
        done, refused = services.confirm_many(
            actor=request.actor, assignments=[one for one in _chosen(request) if one in known]
        )
        for text in refused:
            messages.error(request, text.in_(language()))
        if done:
            said = _("已确认 %(n)d 个角色，立即生效。")
            messages.success(request, said % {"n": done})
        return redirect("people:roles_waiting")
    return render(request, "joining/waiting.html", {"rows": queries.confirmable(request.actor)})
