"""Screens: the table of duties and rights with its differences, and the report of who answers for the data held."""

import csv
import io
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from shouxin.access.duties_and_rights import queries
from shouxin.access.duties_and_rights.rules import Finding
from shouxin.core.policy import Permission
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.kit.tables import inert
from shouxin.people.doors import StaffRequest, allowed
from shouxin.people.duties.queries import may_appoint
from shouxin.people.duties.rules import KEEP, STEPS
from shouxin.people.rules import ROLE_NAMES

P = Permission
MOST_NAMES = 5
SENTENCES = {
    "duty.over": gettext_lazy("“%(step)s”的任期已过，%(names)s 之后无人接任"),
    "duty.no-right": gettext_lazy("%(names)s 负责“%(step)s”，但没有相应权限"),
    "duty.vacant": gettext_lazy("原负责“%(step)s”的 %(names)s 已调离，尚无人接任"),
    "holder.left": gettext_lazy("负责“%(step)s”的 %(names)s 已离岗"),
    "holder.rests": gettext_lazy("负责“%(step)s”的 %(names)s 已暂停或没有角色"),
    "holder.moved": gettext_lazy("负责“%(step)s”的 %(names)s 已调离本部门"),
    "right.no-duty": gettext_lazy("有人能做“%(step)s”（%(names)s），但没有指定责任人"),
    "customers.no-responsible": gettext_lazy("保存着客户信息，但没有指定责任人（保管）"),
    "approver.none": gettext_lazy("有人使用客户信息，但没有可以审批的负责人"),
}


def _language() -> str:
    return get_language() or "zh-hans"


def _joined(words: list[str]) -> str:
    return (", " if _language().startswith("en") else "、").join(words)


def sentence(finding: Finding) -> str:
    """A difference in words."""
    names = list(finding.names[:MOST_NAMES])
    if len(finding.names) > MOST_NAMES:
        names.append(_("等 %(n)d 人") % {"n": len(finding.names)})
    step = STEPS[finding.step].name.in_(_language()) if finding.step else ""
    return str(SENTENCES[finding.code]) % {"step": step, "names": _joined(names)}


def _rows(request: StaffRequest) -> list[dict[str, Any]]:
    return [_row(request, line) for line in queries.table(request.actor, clock.now())]


def _row(request: StaffRequest, line: queries.Line) -> dict[str, Any]:
    """One department as the screen and the table show it."""
    language, known = _language(), rulebooks["rulebook"].fields()
    order = list(STEPS)
    return {
        "line": line,
        "duties": [
            {"step": duty.name.in_(language), "name": duty.holder.display_name}
            for duty in sorted(line.duties, key=lambda duty: order.index(duty.step))
        ],
        "roles": [f"{ROLE_NAMES[role].in_(language)} {count}" for role, count in line.roles.items()],
        "purposes": [rule.name.in_(language) for rule in line.purposes],
        "fields": sorted(known[key].name.in_(language) for key in line.fields if key in known),
        "findings": [(finding, sentence(finding)) for finding in line.findings],
        "may_appoint": may_appoint(actor=request.actor, department_id=line.department.id),
    }


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def table(request: StaffRequest) -> HttpResponse:
    rows = _rows(request)
    context = {
        "page_title": _("职责与权限对照"),
        "rows": rows,
        "count": sum(len(row["findings"]) for row in rows),
    }
    return render(request, "duties_and_rights/table.html", context)


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def table_csv(request: StaffRequest) -> HttpResponse:
    held = io.StringIO()
    writer = csv.writer(held, lineterminator="\r\n")
    writer.writerow(
        (_("部门"), _("职责"), _("角色"), _("处理目的"), _("字段"), _("审批人"), _("客户数"), _("差异"))
    )
    for row in _rows(request):
        line = row["line"]
        cells = (
            line.department.name,
            "; ".join(f"{duty['step']} {duty['name']}" for duty in row["duties"]),
            "; ".join(row["roles"]),
            "; ".join(row["purposes"]),
            "; ".join(row["fields"]),
            "; ".join(line.approvers),
            str(line.customers),
            "; ".join(text for _finding, text in row["findings"]),
        )
        writer.writerow([inert(cell) for cell in cells])
    return HttpResponse(
        held.getvalue().encode("utf-8-sig"),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="duties-and-rights.csv"'},
    )


@require_GET
@allowed(P.ACCESS_REVIEW_READ)
def scope_report(request: StaffRequest) -> HttpResponse:
    scopes = queries.scope_report(request.actor)
    rows = [
        {"scope": scope, "may_appoint": may_appoint(actor=request.actor, department_id=scope.department.id)}
        for scope in scopes
    ]
    context = {
        "page_title": _("范围报告"),
        "rows": rows,
        "keep": KEEP,
        "missing": sum(scope.responsible is None for scope in scopes),
    }
    return render(request, "duties_and_rights/scope.html", context)
