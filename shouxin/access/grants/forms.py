"""Validation of a standing grant's proposal; nothing here saves."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.access.grants import rules
from shouxin.core.policy import HIGH_RISK_DAILY, HIGH_RISK_LONGEST, Actor
from shouxin.gate import facts

DURATIONS = ((7, _("7 天")), (30, _("1 个月")), (91, _("3 个月")), (183, _("6 个月")))


class PurposeForm(forms.Form):
    """First step: which purpose the grant is for; the fields offered depend on it."""

    purpose = forms.ChoiceField(label=pgettext_lazy("label", "处理目的"))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        book = facts.rules["rulebook"]
        self.fields["purpose"].choices = [(p.key, p.name.in_(language)) for p in book.purposes_of(actor)]  # type: ignore[attr-defined]


class ProposalForm(forms.Form):
    """The proposal itself: fields, how often a day, until when, why."""

    fields_asked = forms.MultipleChoiceField(
        label=_("字段"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "敏感个人信息和商业秘密不能列入常设授权：请部门负责人或个人信息保护负责人处理，情况紧急时用应急访问。"
        ),
    )
    daily_limit = forms.IntegerField(
        label=_("每天次数"),
        min_value=1,
        max_value=rules.DAILY_MOST,
        initial=10,
        help_text=_("最多 30 次。"),
    )
    days = forms.TypedChoiceField(label=_("期限"), coerce=int, choices=DURATIONS, initial=30)
    strict = forms.BooleanField(
        label=_("用于高风险客户或字段"),
        required=False,
        help_text=_("须两人先后批准；最长 7 天、每天至多 5 次，超出的按此减少。"),
    )
    reason = forms.CharField(
        label=_("工作需要"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("说明为什么需要看到明文。请勿写入客户的个人信息。"),
    )

    def __init__(self, *args: Any, purpose: str, wanted: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", "initial": {"fields_asked": list(wanted)}, **kwargs})
        language = get_language() or "zh-hans"
        book = facts.rules["rulebook"]
        rule = book.purpose(purpose)
        offered = rules.grantable(book.fields(), rule) if rule else []
        self.fields["fields_asked"].choices = [(f.key, f.name.in_(language)) for f in offered]  # type: ignore[attr-defined]

    def until(self, now: datetime) -> datetime:
        lasts = timedelta(days=self.cleaned_data["days"])
        return now + (min(lasts, HIGH_RISK_LONGEST) if self.cleaned_data["strict"] else lasts)

    def daily(self) -> int:
        asked = int(self.cleaned_data["daily_limit"])
        return min(asked, HIGH_RISK_DAILY) if self.cleaned_data["strict"] else asked


class RefusalForm(forms.Form):
    note = forms.CharField(label=_("拒绝理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
