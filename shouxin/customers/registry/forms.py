"""Validation of what is typed about customers, built from the purpose's own field table; nothing here saves."""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor, FieldRule, Necessity, PurposeRule, Storage
from shouxin.customers.registry import provinces, rules
from shouxin.customers.registry.jurisdiction import NAMED
from shouxin.customers.registry.models import Channel, Kind, Scope
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.rules import CellProblem, Kept
from shouxin.customers.registry.search import LONGEST, MOST, ROWS
from shouxin.customers.registry.wishes import wishes
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import countries
from shouxin.people import queries as people
from shouxin.people.models import Department

LINE_ROWS = 5
# What people read first about somebody; fields not named here follow, kept together by their storage group.
READ_FIRST = (  # noqa: SIM905 - so many keys read better as words
    "person_name company_name contact_name customer_no member_no uscc mobile contact_mobile landline contact_landline "
    "email contact_email wechat_id contact_wechat contact_title contact_department gender birth_date "
    "country id_type id_number id_valid_to "
    "home_address registered_address postal_code employer job_title legal_rep_name segment member_level "
    "order_no order_date order_returned delivery_address contract_no contract_name contract_type contract_signed_on "
    "contract_start contract_end interaction_at interaction_channel interaction_note line_no product_name "
    "product_category product_subcategory product_id line_quantity line_sales line_discount line_profit"
).split()
READ_LAST = ("remark", "customer_needs")
LONG_TEXT = frozenset({"M-TEXT"})
ADDRESS = frozenset({"M-ADDR"})
GENDERS = (("", "—"), ("1", _("男")), ("2", _("女")), ("0", _("未知")), ("9", _("未说明")))
ZONE = ZoneInfo("Asia/Shanghai")


def reading_place(rule: FieldRule) -> tuple[int, str, str]:
    """Where a field stands on a screen."""
    if rule.key in READ_FIRST:
        return READ_FIRST.index(rule.key), "", ""
    return len(READ_FIRST) + (rule.key in READ_LAST), rule.storage_group, rule.key


def offered(record: str, subject: str | None, purpose: PurposeRule) -> list[FieldRule]:
    """The fields of `record` that may be entered for `purpose`, required ones first."""
    fields = rulebooks["rulebook"].fields()
    wanted = [
        rule
        for key in purpose.fields
        if (rule := fields.get(key))
        and rule.active
        and rule.record == record
        and rule.storage is not Storage.FORBIDDEN
        and (purpose.use is None or purpose.use in rule.uses)
        and rules.stands_with(rule, subject)
    ]
    return sorted(
        wanted, key=lambda rule: (purpose.fields[rule.key] is not Necessity.REQUIRED, reading_place(rule))
    )


class ValuesForm(forms.Form):
    """One record's values. `kept` holds what to store; `remarks` what will be stored as 未核验 and why."""

    def __init__(
        self,
        *args: Any,
        purpose: PurposeRule,
        record: str,
        subject: str | None,
        now: datetime,
        partial: bool = False,
        masked: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.purpose, self.record, self.subject, self.now, self.partial = (
            purpose,
            record,
            subject,
            now,
            partial,
        )
        self.rules = offered(record, subject, purpose)
        self.kept: dict[str, Kept | None] = {}
        self.remarks: list[CellProblem] = []
        for rule in self.rules:
            required = purpose.fields[rule.key] is Necessity.REQUIRED and not partial
            self.fields[rule.key] = input_of(rule, required=required, shown=(masked or {}).get(rule.key, ""))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        language = get_language() or "zh-hans"
        checked = rules.check_record(
            {rule.key: str(cleaned.get(rule.key) or "") for rule in self.rules},
            record=self.record,
            subject=self.subject,
            rules=rulebooks["rulebook"].fields(),
            purpose=self.purpose,
            today=self.now.astimezone(ZONE).date(),
            partial=self.partial,
        )
        for problem in checked.problems:
            if not problem.refuses:
                self.remarks.append(problem)
            elif problem.field not in self.errors:
                self.add_error(
                    problem.field if problem.field in self.fields else None, problem.text.in_(language)
                )
        self.kept = dict(checked.values)
        if self.partial:
            # Forms from the browser come as QueryDict; several boxes may be ticked.
            ticked = self.data.getlist("clear") if isinstance(self.data, QueryDict) else []
            for key in [key for key in map(str, ticked) if key in self.fields and not self.may_empty(key)]:
                self.add_error(key, _("必填项不能清空。"))
            self.kept.update(dict.fromkeys(map(str, ticked), None))
            self.kept = {key: kept for key, kept in self.kept.items() if key in self.fields}
        return cleaned

    def may_empty(self, key: str) -> bool:
        """Whether the value may be taken away: not when the purpose requires it."""
        return self.purpose.fields[key] is not Necessity.REQUIRED


def input_of(
    rule: FieldRule, *, required: bool, shown: str = "", label: str = "", help_text: str = ""
) -> forms.Field:
    """The box of one catalogue field; without `label` it is called as the catalogue calls it."""
    attributes = {
        "autocomplete": "off",
        "placeholder": shown,
        "translate": "no",
        "data-grade": rule.exposure.value,
    }
    label = label or rule.name.in_(get_language() or "zh-hans")
    if rule.key == "gender":
        return forms.ChoiceField(label=label, choices=GENDERS, required=False, help_text=help_text)
    if rule.key in NAMED:
        return forms.ChoiceField(
            label=label, choices=countries.choices(), required=required, help_text=help_text
        )
    widget: forms.Widget = forms.TextInput(attrs=attributes)
    if rule.masking_rule in LONG_TEXT | ADDRESS:
        # Addresses abroad are written in lines, in the order of their country.
        widget = forms.Textarea(attrs={**attributes, "rows": 2 if rule.masking_rule in ADDRESS else 3})
    elif rule.validator.startswith("DATE") and rule.validator != "DATETIME" and not shown:
        widget = forms.TextInput(attrs={**attributes, "placeholder": str(_("例如 2026-11-21"))})
    elif rule.validator == "DATETIME":
        widget = forms.DateTimeInput(attrs={**attributes, "type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    # Lengths and formats are the registry's rules, so that every way in says the same.
    return forms.CharField(label=label, required=required, widget=widget, strip=True, help_text=help_text)


class FootingForm(forms.Form):
    """Where the data come from and who answers for them: asked before anything is stored."""

    channel = forms.ChoiceField(label=_("收集渠道"), choices=[c for c in Channel.choices if c[0] != "api"])
    department = forms.ChoiceField(label=_("归口部门"))
    scope = forms.ChoiceField(label=_("可见范围"), choices=Scope.choices, initial=Scope.DEPARTMENT)
    mine = forms.BooleanField(label=_("由我负责"), required=False, initial=True)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        own = [(str(d.id), d.name) for d in people.departments() if d.id in actor.department_ids]
        self.fields["department"].choices = own  # type: ignore[attr-defined]
        self.fields["department"].initial = str(actor.department_id)


class KindForm(forms.Form):
    kind = forms.ChoiceField(
        label=_("客户类型"), choices=Kind.choices, widget=forms.RadioSelect, initial=Kind.PERSON
    )


class SearchForm(forms.Form):
    """Find: (part of) a name, a phone, number or e-mail, an ending, or pasted text; narrowed as lists are."""

    term = forms.CharField(
        label=_("查找客户"),
        max_length=LONGEST,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "placeholder": _("姓名或拼音、电话、后四位、张 1234、编号、邮箱、单位名称、地址"),
            }
        ),
    )
    kind = forms.ChoiceField(label=_("类型"), required=False)
    department = forms.ChoiceField(label=_("归口部门"), required=False)
    segment = forms.CharField(label=_("细分"), max_length=40, required=False)
    province = forms.ChoiceField(label=_("省份"), required=False)
    wish = forms.ChoiceField(label=_("联系偏好"), required=False)
    rows = forms.TypedChoiceField(
        label=_("每页行数"),
        choices=[(rows, rows) for rows in (ROWS, MOST)],
        required=False,
        coerce=int,
        empty_value=None,
    )
    mine = forms.BooleanField(label=_("只看我负责的"), required=False)

    def __init__(self, *args: Any, departments: Sequence[Department] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["kind"].choices = [("", _("全部")), *Kind.choices]  # type: ignore[attr-defined]
        self.fields["province"].choices = [("", _("全部")), *provinces.choices()]  # type: ignore[attr-defined]
        named = [(str(department.id), department.name) for department in departments]
        self.fields["department"].choices = [("", _("全部")), *named]  # type: ignore[attr-defined]
        language = get_language() or ""
        wished = [(code, wishes[code].label.in_(language)) for code in wishes]
        self.fields["wish"].choices = [("", _("全部")), *wished]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        if not chosen.get("term") and not chosen.get("wish") and "term" not in self.errors:
            self.add_error("term", _("请输入要查找的内容，或选择联系偏好。"))
        return chosen

    @property
    def filters(self) -> Filters:
        """What a valid form narrows the search to."""
        chosen = self.cleaned_data
        return Filters(
            kind=chosen["kind"],
            segment=chosen["segment"].strip(),
            province=chosen["province"],
            department=UUID(chosen["department"]) if chosen["department"] else None,
            mine=chosen["mine"],
            wish=chosen["wish"],
        )

    @property
    def narrows(self) -> bool:
        """Whether a filter was chosen, so that they are shown unfolded."""
        return any(
            self.data.get(name) for name in ("kind", "department", "segment", "province", "wish", "mine")
        )


LINE_FIELDS = ("product_name", "product_category", "line_quantity", "line_sales", "line_discount")


def line_grid(purpose: PurposeRule) -> list[FieldRule]:
    """The columns of the hand-entry grid of order lines that `purpose` allows."""
    by_key = {rule.key: rule for rule in offered("order_line", None, purpose)}
    return [by_key[key] for key in LINE_FIELDS if key in by_key]


def lines_from(
    data: Mapping[str, Any], columns: Iterable[FieldRule], purpose: PurposeRule, now: datetime
) -> tuple[dict[str, Kept], list[tuple[int, CellProblem]]]:
    """Order lines typed into the grid, as lists per field, and the problems with their row numbers (from 1)."""
    columns = list(columns)
    rows: list[dict[str, str]] = []
    problems: list[tuple[int, CellProblem]] = []
    for number in range(LINE_ROWS):
        row = {rule.key: str(data.get(f"line-{number}-{rule.key}", "")).strip() for rule in columns}
        if not any(row.values()):
            continue
        checked = rules.check_record(
            row,
            record="order_line",
            subject=None,
            rules=rulebooks["rulebook"].fields(),
            purpose=purpose,
            today=now.astimezone(ZONE).date(),
            partial=True,
        )
        problems += [(number + 1, problem) for problem in checked.problems]
        rows.append(row)
    if not rows:
        return {}, problems
    doubtful = {problem.field for _line, problem in problems}
    values = {
        rule.key: Kept(
            json.dumps([row[rule.key] for row in rows], ensure_ascii=False),
            rules.UNVERIFIED if rule.key in doubtful else rules.WELL_FORMED,
        )
        for rule in columns
        if any(row[rule.key] for row in rows)
    }
    if "line_no" in purpose.fields:
        numbers = [str(n + 1) for n in range(len(rows))]
        values["line_no"] = Kept(json.dumps(numbers), rules.WELL_FORMED)
    return values, problems
