"""Validation of what is noted about needs and promises; nothing here saves."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.customers.promises.models import Kind, Why
from shouxin.customers.promises.rules import MOST_TEXT


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class MakeForm(forms.Form):
    kind = forms.TypedChoiceField(label=_("类型"), choices=Kind.choices, coerce=Kind, initial=Kind.PROMISE)
    text = forms.CharField(
        label=_("内容"),
        max_length=MOST_TEXT,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
        help_text=_("写清要办什么。号码、证件号会脱敏显示，不必写。"),
    )
    due_on = forms.DateField(label=pgettext_lazy("promise", "期限"), widget=_Day())
    owner = forms.TypedChoiceField(label=_("承办人"), coerce=UUID)

    def __init__(self, *args: Any, owners: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        self.fields["owner"].choices = list(owners)  # type: ignore[attr-defined]


class ChangeForm(forms.Form):
    """What may be done with one that is open; which verb was pressed says what is read."""

    verb = forms.ChoiceField(choices=[(name, name) for name in ("keep", "drop", "move", "give")])
    why = forms.ChoiceField(choices=[("", ""), *Why.choices], required=False)
    due_on = forms.DateField(required=False)
    owner = forms.UUIDField(required=False)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        needed = {"drop": "why", "move": "due_on", "give": "owner"}.get(found.get("verb", ""))
        if needed and not found.get(needed):
            self.add_error(needed, _("请先选择。"))
        return found

    @property
    def day(self) -> date:
        day: date = self.cleaned_data["due_on"]
        return day
