"""Validation of what is typed around a form and about a plan; nothing here saves."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.customers.collection.models import CollectionPlan, Outside
from shouxin.customers.collection.plans import Words
from shouxin.customers.collection_forms import queries as form_queries
from shouxin.customers.registry import provinces
from shouxin.customers.registry.models import Kind, Scope
from shouxin.people import queries as people

NO_PROVINCE = ("", "—")


def _day() -> forms.DateInput:
    """Browsers take a day in this form alone, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class PlaceForm(forms.Form):
    """Whose customer it becomes, and that the customer was told."""

    department = forms.ChoiceField(label=_("归口部门"))
    scope = forms.ChoiceField(label=_("可见范围"), choices=Scope.choices, initial=Scope.DEPARTMENT)
    mine = forms.BooleanField(label=_("由我负责"), required=False, initial=True)
    province = forms.ChoiceField(
        label=_("省份"), choices=lambda: [NO_PROVINCE, *provinces.choices()], required=False
    )
    told = forms.BooleanField(
        label=_("已向客户出示或读出上面的告知"),
        error_messages={"required": _("请先向客户出示或读出告知，再勾选。")},
    )

    paper_on = forms.DateField(label=_("纸面日期"), widget=_day(), help_text=_("客户在纸上填写的日期。"))
    scan = forms.FileField(
        label=_("扫描件"),
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png,.webp,.tif,.tiff"}),
        help_text=_("随客户档案加密存储；PDF 或图片。"),
    )

    def __init__(
        self, *args: Any, actor: Actor, known: bool = False, on_paper: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        own = [(str(d.id), d.name) for d in people.departments() if d.id in actor.department_ids]
        self.fields["department"].choices = own  # type: ignore[attr-defined]
        self.fields["department"].initial = str(actor.department_id)
        if not on_paper:
            del self.fields["paper_on"], self.fields["scan"]
        else:
            self.fields["told"].label = _("纸质表单上印有上面的告知，或填写时已向客户告知")
        if known:  # a customer that is there keeps its department, responsible person and scope
            for name in ("department", "scope", "mine", "province"):
                del self.fields[name]


class PlanForm(forms.Form):
    """A collection plan."""

    field_order = ("title", "goal", "forms")

    title = forms.CharField(label=_("名称"), max_length=80)
    goal = forms.CharField(
        label=_("收集目标"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("收集来做什么，做到什么程度就够了。"),
    )
    group_text = forms.CharField(
        label=_("目标人群说明"), max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )
    group_kinds = forms.MultipleChoiceField(
        label=_("客户类型"),
        choices=Kind.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选表示不限；下面各项也一样。"),
    )
    group_segments = forms.CharField(
        label=_("细分"), max_length=400, required=False, help_text=_("几个细分用顿号或逗号隔开。")
    )
    group_provinces = forms.MultipleChoiceField(
        label=_("省份"),
        choices=provinces.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    group_departments = forms.MultipleChoiceField(
        label=_("归口部门"), required=False, widget=forms.CheckboxSelectMultiple
    )
    outside = forms.ChoiceField(label=_("目标人群之外的人"), choices=Outside.choices)
    starts_on = forms.DateField(label=_("开始日期"), widget=_day())
    ends_on = forms.DateField(label=_("结束日期"), widget=_day(), help_text=_("当天仍可收集，次日自动停止。"))
    maximum = forms.IntegerField(
        label=_("人数上限"), min_value=1, max_value=10_000_000, help_text=_("达到即自动停止。")
    )
    forms = forms.MultipleChoiceField(
        label=_("表单"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("计划收集的字段就是这些表单的字段。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        live = {str(one.form_id): one.title for one in form_queries.published()}
        self.fields["forms"].choices = list(live.items())  # type: ignore[attr-defined]
        self.fields["group_departments"].choices = [  # type: ignore[attr-defined]
            (str(one.id), one.name) for one in people.departments()
        ]

    def clean_group_segments(self) -> list[str]:
        text: str = self.cleaned_data["group_segments"]
        for mark in ("，", ",", ";", "；", "\n"):
            text = text.replace(mark, "、")
        return [part.strip()[:40] for part in text.split("、") if part.strip()]

    def words(self) -> Words:
        """What was typed."""
        data: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in self.cleaned_data.items()
        }
        for name in ("forms", "group_departments"):
            data[name] = tuple(UUID(value) for value in data[name])
        return Words(**data)


def initial_of(plan: CollectionPlan) -> Mapping[str, Any]:
    """A form filled with what a plan says."""
    plain = ("title", "goal", "group_text", "group_kinds", "group_provinces", "outside")
    return {
        **{name: getattr(plan, name) for name in (*plain, "starts_on", "ends_on", "maximum")},
        "group_segments": "、".join(plan.group_segments),
        "group_departments": [str(one) for one in plan.group_departments],
        "forms": [str(one) for one in plan.forms.values_list("id", flat=True)],
    }


class PeriodForm(forms.Form):
    """From which day to which a report counts."""

    since = forms.DateField(label=_("从"), widget=_day())
    until = forms.DateField(label=_("到"), widget=_day())

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("since") and cleaned.get("until") and cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("结束日期不能早于开始日期。"))
        return cleaned


def language() -> str:
    return get_language() or "zh-hans"
