"""What the register's templates are given: words and rows instead of keys and objects."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.identifiers import masked_in
from shouxin.core.policy import DIALLED, Actor, FieldRule, Form, Permission, PurposeRule, Relation
from shouxin.customers.registry import merging, origins, provinces, verified
from shouxin.customers.registry.forms import GENDERS, LINE_ROWS, ValuesForm, reading_place
from shouxin.customers.registry.jurisdiction import NAMED
from shouxin.customers.registry.models import Customer, Provenance, Record, RecordKind, Scope
from shouxin.customers.registry.queries import Cell, CustomerView, Past
from shouxin.customers.registry.rules import CellProblem
from shouxin.customers.registry.services import EditConflict
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.models import Contact
from shouxin.gate.queries import live_contact
from shouxin.kit import countries
from shouxin.people import queries as people
from shouxin.people.doors import StaffRequest
from shouxin.people.models import Department

TIMELINE = 30
Checked = Mapping[tuple[UUID, str], Mapping[str, Any]]  # by record and field
NOT_WORKED_ON = frozenset({Relation.ORGANISATION, Relation.OVERSEEN})
STRIP = ("customer_no", "member_no", "uscc", "mobile", "landline", "email")
# The words most contracts are entered with; anything else stands as it was typed.
_CONTRACTS = {
    "contract_type": {
        "买卖": gettext_lazy("买卖"),
        "销售": gettext_lazy("销售"),
        "租赁": pgettext_lazy("contract", "租赁"),
        "融资租赁": gettext_lazy("融资租赁"),
        "服务": pgettext_lazy("contract", "服务"),
        "维修": gettext_lazy("维修"),
        "框架": gettext_lazy("框架"),
    },
    "contract_status": {
        "未生效": pgettext_lazy("contract", "未生效"),
        "履行中": gettext_lazy("履行中"),
        "已履行": gettext_lazy("已履行"),
        "已到期": pgettext_lazy("contract", "已到期"),
        "已解除": pgettext_lazy("contract", "已解除"),
        "已终止": pgettext_lazy("contract", "已终止"),
        "已结清": gettext_lazy("已结清"),
    },
}
YES_NO = {"是": gettext_lazy("是"), "否": gettext_lazy("否")}
SPOKEN: Mapping[str, Mapping[str, Any]] = {
    "gender": dict(GENDERS),
    "marketing_consent": YES_NO,
    "order_returned": YES_NO,
    **_CONTRACTS,
}
FIGURES = frozenset({"line_no", "line_quantity", "line_sales", "line_discount", "line_profit"})
WORDED = frozenset({"M-AMOUNT", "M-BIO", "M-FILE", "M-SECRET"})  # masks that say it in words
CONTACT_PROBLEMS = {
    "reason.unknown": gettext_lazy("请选择事由。"),
    "note.unfit": gettext_lazy("补充说明最多 200 字，且只能是文字；请改短后再试。"),
    "note.identifier": gettext_lazy("说明中含有电话、证件号等个人信息，请删去后再试。"),
}
MARKS = {
    0: ("warn", gettext_lazy("未核验")),
    1: ("muted", gettext_lazy("格式通过")),
    2: ("ok", gettext_lazy("已核验")),
}


def _language() -> str:
    return get_language() or "zh-hans"


def uuid_or_none(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def number(text: str) -> int:
    """The revision a form carries; 0, which never matches, for anything else."""
    return int(text) if text.isdecimal() else 0


def names(view: CustomerView) -> Cell | None:
    """The name a list shows: company or person."""
    return view.cells.get("company_name") or view.cells.get("person_name")


def left_out_words(left_out: Mapping[str, int]) -> str:
    """How many a list leaves out, by reason: they did not agree, refused, or restricted the processing altogether."""
    apart = ", " if (get_language() or "").startswith("en") else "、"
    told = {
        "consent.missing": ngettext(
            "没有同意 %(n)d 位", "没有同意 %(n)d 位", left_out.get("consent.missing", 0)
        ),
        "purpose.refused": ngettext(
            "拒绝或限制了此目的 %(n)d 位", "拒绝或限制了此目的 %(n)d 位", left_out.get("purpose.refused", 0)
        ),
        "customer.restricted": ngettext(
            "限制处理 %(n)d 位", "限制处理 %(n)d 位", left_out.get("customer.restricted", 0)
        ),
    }
    return apart.join(told[code] % {"n": count} for code, count in left_out.items() if code in told)


def rows(views: Iterable[CustomerView], secrets: Sequence[str] = ()) -> list[dict[str, Any]]:
    """List rows: the name, the masked ways to reach, who answers for it."""
    return [
        {
            "row": view.row,
            "name": names(view),
            "number": view.cells.get("customer_no"),
            "reach": view.cells.get("mobile") or view.cells.get("landline") or view.cells.get("email"),
            "province": provinces.name_of(view.row.province),
            "url": reverse("customers:page", args=[view.row.id]),
            "secrets": [cell(view.cells[key]) if key in view.cells else None for key in secrets],
        }
        for view in views
    ]


def own_departments(request: StaffRequest) -> list[Department]:
    """The departments a list can be narrowed to."""
    return [d for d in people.departments() if d.id in request.actor.department_ids]


def is_coded(key: str) -> bool:
    """Whether values of this field are kept by a code that people read in words."""
    return key in SPOKEN or key in NAMED or key == "order_province"


def spoken(field: FieldRule, text: str | None) -> str | None:
    """A value as people say it: a gender is kept by its code (GB/T 2261.1), a country by its own (GB/T 2659)."""
    if text and field.key in NAMED:
        return countries.name_of(text)
    if text and field.key == "order_province":
        return provinces.name_of(text)
    words = SPOKEN.get(field.key)
    if text and field.masking_rule in WORDED:
        return masked_in(_language(), text)
    return str(words.get(text, text)) if text and words else text


def cell(
    found: Cell,
    provenances: Mapping[UUID, origins.Origin] | None = None,
    checked: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """One value for the template: label, text, grade, mark, where it came from and when it was verified."""
    kind, mark = MARKS[found.mark]
    origin = provenances.get(found.provenance) if provenances and found.provenance else None
    return {
        "key": found.rule.key,
        "label": found.rule.name.in_(_language()),
        "text": spoken(found.rule, found.text),
        "hidden": found.form is Form.HIDDEN,
        "masked": found.form is Form.MASKED,
        "rule": found.rule,
        "mark_kind": kind if found.provenance else "",
        "mark": mark if found.provenance and found.mark != 1 else "",
        "broken": found.broken,
        "origin": origin,
        "made_of": origin.words(_language()) if origin else "",
        "for_purpose": _purpose_name(origin.row.held_for) if origin else "",
        "retention": _retention(found.rule, origin.row) if origin else "",
        "checked": checked,
    }


def _retention(field: FieldRule, origin: Provenance) -> str:
    """The rule this value is kept by: the field's own, else that of the purpose it was collected for."""
    purpose = None if field.retention_rule else rulebooks["rulebook"].purpose(origin.held_for)
    return purpose.retention_of(field) if purpose else field.retention_rule


def _purpose_name(key: str) -> str:
    rule = rulebooks["rulebook"].purpose(key)
    return rule.name.in_(_language()) if rule else key


def in_reading_order(cells: Mapping[str, Cell]) -> list[Cell]:
    return sorted(cells.values(), key=lambda found: reading_place(found.rule))


def checks(known: verified.Known) -> dict[tuple[UUID, str], dict[str, Any]]:
    """When and how each value was verified, in words."""
    who = people.names_of(one.by for one in known.values() if one.by)
    return {
        place: {
            "on": one.on,
            "method": one.method.in_(_language()) if one.method else "",
            "who": who.get(one.by, _("系统")) if one.by else "",
            "overdue": one.overdue,
        }
        for place, one in known.items()
    }


def contact_of(request: StaffRequest, row: Customer, now: datetime) -> Contact | None:
    return live_contact(actor=request.actor, customer=row.id, now=now)


def record_of(row: Customer, text: str) -> Record | None:
    """The record named by a form, if it is this customer's or of one merged into it."""
    wanted = uuid_or_none(text)
    theirs = Record.objects.filter(id=wanted, customer_id__in=merging.family(row.id)) if wanted else None
    return theirs.select_related("customer").first() if theirs else None


def revealed_context(
    view: CustomerView, key: str, record: Record | None, named: CustomerView | None, actor: Actor
) -> dict[str, Any]:
    """The clear value with whose it is, and whether one could have called without looking."""
    source = view.records[0].cells if record and view.records else view.cells
    found = source.get(key)
    rule = rulebooks["rulebook"].fields()[key]
    return {
        "page_title": _("查看明文"),
        "row": view.row,
        "label": rule.name.in_(_language()),
        "cell": cell(found) if found else None,
        "lines": found.lines if found else (),
        "whose": _whose(named),
        "may_dial": rule.masking_rule in DIALLED and actor.may(Permission.CUSTOMERS_NUMBER_DIAL),
    }


def _whose(named: CustomerView | None) -> str:
    """The customer's masked name and, of a contact person, theirs."""
    found = [names(named), *(one.cells.get("contact_name") for one in named.records)] if named else []
    return " · ".join(one.text for one in found if one and one.text)


def say_stored(
    request: HttpRequest,
    form: ValuesForm,
    lines: Sequence[tuple[int, CellProblem]] = (),
    waiting: Sequence[str] = (),
) -> None:
    """Tell what was stored, which values stand as 未核验 and why, and which from outside wait for review."""
    fields = rulebooks["rulebook"].fields()
    if waiting:
        names = _("、").join(sorted(fields[key].name.in_(_language()) for key in waiting))
        messages.warning(
            request, _("外部提供的值与已有内容相遇，没有覆盖，等待审核：%(names)s") % {"names": names}
        )
    if not waiting or len(waiting) < len(form.kept):
        messages.success(request, _("已保存。"))
    for remark in form.remarks:
        label = fields[remark.field].name.in_(_language())
        messages.warning(request, f"{label}：{remark.text.in_(_language())} {_('已按“未核验”保存。')}")
    for sentence in line_problems(lines):
        messages.warning(request, f"{sentence} {_('已按“未核验”保存。')}")


def conflict_context(problem: EditConflict) -> list[dict[str, Any]]:
    fields = rulebooks["rulebook"].fields()
    known = people.names_of(change.actor for change in problem.changes)
    return [
        {
            "at": change.at,
            "who": known.get(change.actor, _("系统")),
            "fields": [fields[key].name.in_(_language()) if key in fields else key for key in change.fields],
        }
        for change in problem.changes
    ]


def edit_form(
    request: HttpRequest, view: CustomerView, purpose: PurposeRule, now: datetime, record: Record | None
) -> ValuesForm:
    """The form of the profile, or of one record, with the masked values as hints: nothing clear is needed."""
    return ValuesForm(
        request.POST or None,
        purpose=purpose,
        record=record.kind if record else "profile",
        subject=None if record else view.row.kind,
        now=now,
        partial=True,
        masked={
            key: spoken(found.rule, found.text) or _("已隐藏")
            for key, found in _editable(view, record).items()
        },
    )


def _editable(view: CustomerView, record: Record | None) -> dict[str, Cell]:
    """What the form may change: lines of an order are columns of their own and not among it."""
    cells = view.cells if record is None else view.records[0].cells if view.records else {}
    return {key: found for key, found in cells.items() if not found.lines}


def edit_context(
    form: ValuesForm, conflict: list[dict[str, Any]] | None, view: CustomerView, record: Record | None
) -> dict[str, Any]:
    kind = record.get_kind_display() if record else ""
    return {
        "page_title": _("修改%(kind)s") % {"kind": kind.lower()} if record else _("修改客户信息"),
        "row": view.row,
        "form": form,
        "conflict": conflict,
        "supplier": form.data.get("supplier", "") if form.is_bound else "",
        "may_be_outside": record is None or record.kind == RecordKind.CONTACT,
        "clearable": [
            cell(found)
            for found in in_reading_order(_editable(view, record))
            if found.rule.key in form.fields and form.may_empty(found.rule.key)
        ],
    }


def grid(data: Mapping[str, Any], columns: Sequence[Any]) -> dict[str, Any] | None:
    """The hand-entry grid of order lines with what was typed so far."""
    if not columns:
        return None
    return {
        "heads": [rule.name.in_(_language()) for rule in columns],
        "rows": [
            [
                {
                    "name": f"line-{line}-{rule.key}",
                    "value": data.get(f"line-{line}-{rule.key}", ""),
                    "label": rule.name.in_(_language()),
                }
                for rule in columns
            ]
            for line in range(LINE_ROWS)
        ],
    }


def line_problems(found: Sequence[tuple[int, CellProblem]]) -> list[str]:
    fields = rulebooks["rulebook"].fields()
    return [
        _("第 %(line)d 行 %(field)s：%(text)s")
        % {
            "line": line,
            "field": fields[problem.field].name.in_(_language()),
            "text": problem.text.in_(_language()),
        }
        for line, problem in found
    ]


class AssignForm(forms.Form):
    responsible = forms.ChoiceField(label=gettext_lazy("负责人"), required=False)
    scope = forms.ChoiceField(label=gettext_lazy("可见范围"), choices=Scope.choices)

    def __init__(self, *args: Any, row: Customer, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        colleagues = people.colleagues_of(row.owner_department_id)
        self.fields["responsible"].choices = [("", _("（本部门共同负责）")), *colleagues]  # type: ignore[attr-defined]


def history_context(row: Customer, past: Sequence[Past], record: Record | None) -> dict[str, Any]:
    fields = rulebooks["rulebook"].fields()
    known = people.names_of(version.by for version in past)
    title = _("%(kind)s：字段历史") % {"kind": record.get_kind_display()} if record else _("字段历史")
    return {
        "page_title": title,
        "row": row,
        "versions": [
            {
                "at": version.at,
                "who": known.get(version.by, _("系统")),
                "cells": [
                    {
                        "label": fields[key].name.in_(_language()),
                        "text": _past_text(fields[key], text),
                        "emptied": key in version.emptied,
                    }
                    for key, text in sorted(
                        version.values.items(), key=lambda item: reading_place(fields[item[0]])
                    )
                ],
            }
            for version in past
        ],
    }


def _past_text(field: FieldRule, text: str | None) -> str | None:
    """A column of order lines lies as a list; a person reads its items."""
    if text and field.record == "order_line":
        return " / ".join(spoken(field, item) or "" for item in json.loads(text))
    return spoken(field, text)
