"""Validation of a delegation; nothing here saves."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import Actor
from shouxin.people.delegations import queries

ZONE = ZoneInfo("Asia/Shanghai")


class DelegationForm(forms.Form):
    deputy = forms.TypedChoiceField(
        label=_("代理人"),
        coerce=UUID,
        help_text=_("另一位在任的部门负责人。只代理确认和审批，不因此看到您的客户。"),
    )
    starts = forms.DateField(label=_("从"), widget=forms.DateInput(attrs={"type": "date"}))
    ends = forms.DateField(
        label=_("到"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("当天结束时到期；最长 31 天。"),
    )
    reason = forms.CharField(label=_("事由"), max_length=200, required=False)

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["deputy"].choices = [("", _("请选择")), *queries.deputies_for(actor)]  # type: ignore[attr-defined]

    def span(self) -> tuple[datetime, datetime]:
        """From the beginning of the first day to the end of the last, in the organisation's time."""
        return (
            datetime.combine(self.cleaned_data["starts"], time.min, ZONE),
            datetime.combine(self.cleaned_data["ends"], time(23, 59, 59), ZONE),
        )
