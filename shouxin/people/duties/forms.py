"""Validation of an appointment; nothing here saves."""

from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.people.duties import queries
from shouxin.people.duties.rules import STEPS

ZONE = ZoneInfo("Asia/Shanghai")


class AppointForm(forms.Form):
    step = forms.ChoiceField(label=_("环节"))
    holder = forms.TypedChoiceField(label=_("责任人"), coerce=UUID)
    deputy = forms.TypedChoiceField(label=_("代理人"), coerce=UUID, required=False, empty_value=None)
    until = forms.DateField(
        label=_("到"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("当天结束时到期；留空表示没有期限。"),
    )

    def __init__(self, *args: Any, department: UUID, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        language = get_language() or "zh-hans"
        people = queries.candidates(department)
        self.fields["step"].choices = [(key, step.name.in_(language)) for key, step in STEPS.items()]  # type: ignore[attr-defined]
        self.fields["holder"].choices = [("", _("请选择")), *people]  # type: ignore[attr-defined]
        self.fields["deputy"].choices = [("", _("（未指定）")), *people]  # type: ignore[attr-defined]

    def end(self) -> datetime | None:
        """The end of the chosen day, in the organisation's time."""
        day: date | None = self.cleaned_data["until"]
        return datetime.combine(day, time(23, 59, 59), ZONE) if day else None


class SuccessorForm(forms.Form):
    successor = forms.TypedChoiceField(label=_("接任人"), coerce=UUID)

    def __init__(self, *args: Any, department: UUID, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        self.fields["successor"].choices = [("", _("请选择")), *queries.candidates(department)]  # type: ignore[attr-defined]
