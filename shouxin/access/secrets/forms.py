"""Validation of an entry; nothing here saves."""

from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from shouxin.access.secrets import queries
from shouxin.core.policy import Actor, Role
from shouxin.gate.limits import LIST_ROWS, SECRET_ROWS
from shouxin.people.rules import READERS, ROLE_NAMES

ZONE = ZoneInfo("Asia/Shanghai")


class EntryForm(forms.Form):
    department = forms.TypedChoiceField(label=pgettext_lazy("label", "部门"), coerce=UUID)
    role = forms.TypedChoiceField(label=_("角色"), coerce=Role)
    daily_rows = forms.IntegerField(
        label=_("每人每天行数"),
        min_value=1,
        max_value=LIST_ROWS,
        initial=SECRET_ROWS,
        help_text=_("产品默认 200 行。"),
    )
    until = forms.DateField(
        label=_("到"),
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("当天结束时到期；最长一年。"),
    )
    reason = forms.CharField(label=_("工作需要"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        self.fields["department"].choices = [("", _("请选择")), *queries.departments_for(actor)]  # type: ignore[attr-defined]
        self.fields["role"].choices = [  # type: ignore[attr-defined]
            (role.value, name.in_(language)) for role, name in ROLE_NAMES.items() if role in READERS
        ]

    def end(self) -> datetime:
        return datetime.combine(self.cleaned_data["until"], time(23, 59, 59), ZONE)
