"""One value as its owner writes it, checked by the catalogue's format; nothing here saves."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.customers.registry.forms import input_of
from shouxin.portal.correcting.services import checked


class ValueForm(forms.Form):
    def __init__(
        self, *args: Any, rule: FieldRule, purpose: PurposeRule, now: datetime, **kwargs: Any
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.rule, self.purpose, self.now = rule, purpose, now
        self.fields["value"] = input_of(rule, required=True, label=str(_("正确的内容")))

    def clean_value(self) -> str:
        text = str(self.cleaned_data["value"])
        _kept, problems = checked(self.rule.key, text, self.purpose, self.now)
        if problems:
            raise forms.ValidationError([one.text.in_(get_language() or "zh-hans") for one in problems])
        return text
