"""Validation of an API client's proposal; nothing here saves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.access.clients import queries, rules
from shouxin.core.policy import Actor, FieldRule
from shouxin.gate import facts
from shouxin.rulebook.catalogue.models import Field

BOXES = forms.CheckboxSelectMultiple
RECORDS = [record.value for record in Field.Record]


def _day() -> forms.DateInput:
    """Browsers take a day in this form alone, whatever the language."""
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class BindingForm(forms.Form):
    """First step: for which purposes and which department; the fields offered depend on it."""

    purposes = forms.MultipleChoiceField(
        label=_("处理目的"),
        widget=BOXES,
        help_text=_("选“个人行权”的客户端代收申请，只能有这一个目的，读不到任何信息。"),
    )
    department = forms.ChoiceField(
        label=_("归口部门"), help_text=_("客户端只看得到该部门及其下级部门的客户。")
    )

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        self.fields["purposes"].choices = [(p.key, p.name.in_(language)) for p in queries.purposes()]  # type: ignore[attr-defined]
        self.fields["department"].choices = queries.departments_for(actor)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the matrix: what the client may do with it."""

    rule: FieldRule
    name: str
    record: str
    may_be_clear: bool
    readable: bool
    clear: bool
    writable: bool


class ProposalForm(forms.Form):
    """The proposal itself: fields, addresses, limits, dates, who answers for it and why."""

    name = forms.CharField(label=_("名称"), max_length=80, help_text=_("如：订单系统。"))
    owner = forms.ChoiceField(label=_("负责人"), help_text=_("负责人离岗时令牌立即失效。"))
    readable = forms.MultipleChoiceField(label=_("可读（脱敏）"), required=False, widget=BOXES)
    clear = forms.MultipleChoiceField(label=_("可读明文"), required=False, widget=BOXES)
    writable = forms.MultipleChoiceField(label=_("可写"), required=False, widget=BOXES)
    addresses = forms.CharField(
        label=_("来源地址"),
        widget=forms.Textarea(attrs={"rows": 3, "placeholder": "203.0.113.7\n10.1.0.0/16"}),
        help_text=_("每行一个地址或网段（CIDR）；不接受不限地址。"),
    )
    per_minute = forms.IntegerField(
        label=_("每分钟请求数"), min_value=1, max_value=rules.MOST_PER_MINUTE, initial=rules.PER_MINUTE
    )
    daily_rows = forms.IntegerField(
        label=_("每天行数"),
        min_value=1,
        max_value=rules.MOST_DAILY_ROWS,
        initial=rules.DAILY_ROWS,
        help_text=_("读取和写入的客户合计。"),
    )
    starts_on = forms.DateField(label=_("开始日期"), widget=_day())
    ends_on = forms.DateField(
        label=_("截止日期"),
        widget=_day(),
        help_text=_("最长一年；当天结束时失效。"),
    )
    reason = forms.CharField(
        label=_("工作需要"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("说明为什么需要这些字段和明文。请勿写入客户的个人信息。"),
    )

    def __init__(self, *args: Any, actor: Actor, purposes: Sequence[str], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        known = [rule for rule in queries.purposes() if rule.key in purposes]
        self.purposes = purposes
        self.offered = rules.offered(facts.rules["rulebook"].fields(), known)
        names = [(key, self._name(rule)) for key, rule in self.offered.items()]
        for field in ("readable", "clear", "writable"):
            self.fields[field].choices = names  # type: ignore[attr-defined]
        self.fields["owner"].choices = queries.owners_for(actor)  # type: ignore[attr-defined]
        self.fields["starts_on"].initial = today
        self.fields["ends_on"].initial = today + timedelta(days=180)

    @staticmethod
    def _name(rule: FieldRule) -> str:
        return rule.name.in_(get_language() or "zh-hans")

    def matrix(self) -> list[Line]:
        """The fields with their three boxes, as they stand."""
        ticked = {name: set(self[name].value() or ()) for name in ("readable", "clear", "writable")}
        return [
            Line(
                rule,
                self._name(rule),
                str(Field.Record(rule.record).label),
                rule.masking_rule not in rules.NEVER_CLEAR,
                key in ticked["readable"],
                key in ticked["clear"],
                key in ticked["writable"],
            )
            for key, rule in sorted(self.offered.items(), key=lambda one: RECORDS.index(one[1].record))
        ]

    def plain_fields(self) -> list[forms.BoundField]:
        """The rows that are not in the matrix."""
        return [self[name] for name in self.fields if name not in {"readable", "clear", "writable"}]

    def owner_id(self) -> UUID:
        return UUID(self.cleaned_data["owner"])

    def wanted(self, now: datetime) -> rules.Wanted:
        """What is asked for; whoever may see a field clear may read it."""
        given = self.cleaned_data
        starts = datetime.combine(given["starts_on"], time(), tzinfo=rules.DAY_ZONE)
        return rules.Wanted(
            name=given["name"],
            purposes=self.purposes,
            readable={*given["readable"], *given["clear"]},
            clear=given["clear"],
            writable=given["writable"],
            addresses=given["addresses"].split(),
            per_minute=given["per_minute"],
            daily_rows=given["daily_rows"],
            starts_at=max(starts, now) if starts.date() == rules.day_of(now) else starts,
            ends_at=datetime.combine(given["ends_on"] + timedelta(days=1), time(), tzinfo=rules.DAY_ZONE),
            reason=given["reason"],
        )


class RefusalForm(forms.Form):
    note = forms.CharField(label=_("拒绝理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))


class RotationForm(forms.Form):
    overlap_days = forms.IntegerField(
        label=_("新旧并行天数"),
        min_value=0,
        max_value=rules.MOST_OVERLAP_DAYS,
        initial=rules.OVERLAP_DAYS,
        help_text=_("期间两个令牌都可用；填 0 则批准时旧令牌立即停用。"),
    )
    reason = forms.CharField(label=_("更换原因"), max_length=300, help_text=_("如：定期更换、疑似泄露。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "rotate_%s", **kwargs})


class AddressesForm(forms.Form):
    addresses = forms.CharField(
        label=_("新的来源地址"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("每行一个地址或网段（CIDR）；批准后整份替换现有名单。"),
    )
    reason = forms.CharField(label=_("变更原因"), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "auto_id": "addresses_%s", **kwargs})
