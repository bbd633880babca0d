"""Validation of contact limits; nothing here saves."""

from datetime import time
from typing import Any

from django import forms
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.preferences.rules import CHANNELS, LANGUAGES


class _Clock(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class LimitsForm(forms.Form):
    refused = forms.MultipleChoiceField(
        label=_("谢绝的联系方式"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("全部勾选即不主动联系。"),
    )
    first = forms.TimeField(label=_("可联系时段，从"), required=False, widget=_Clock())
    last = forms.TimeField(
        label=_("到"), required=False, widget=_Clock(), help_text=_("北京时间；两格都空着表示不限时段。")
    )
    language = forms.ChoiceField(label=_("沟通语言"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        ways = [(code, capfirst(name.in_(language))) for code, name in CHANNELS.items()]
        self.fields["refused"].choices = ways  # type: ignore[attr-defined]
        spoken = [(kept, capfirst(name.in_(language))) for kept, name in LANGUAGES.items()]
        self.fields["language"].choices = [("", "—"), *spoken]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        first, last = found.get("first"), found.get("last")
        if bool(first) != bool(last):
            self.add_error("last", _("请填写起止两个时间，或都不填。"))
        elif first and last and first >= last:
            self.add_error("last", _("结束时间要晚于开始时间。"))
        return found

    @property
    def hours(self) -> tuple[time, time] | None:
        first, last = self.cleaned_data.get("first"), self.cleaned_data.get("last")
        return (first, last) if first and last else None
