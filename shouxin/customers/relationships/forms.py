"""Validation of what is noted about a relationship; nothing here saves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.customers.relationships import rules
from shouxin.customers.relationships.models import Kind, Side


class _Day(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class RelateForm(forms.Form):
    other = forms.TypedChoiceField(label=_("另一位客户"), coerce=UUID, widget=forms.RadioSelect)
    role = forms.ChoiceField(label=_("是这位客户的"))
    since = forms.DateField(label=_("从哪天起"), widget=_Day())
    contract = forms.TypedChoiceField(
        label=_("担保的合同"), coerce=UUID, required=False, empty_value=None, help_text=_("只用于担保人。")
    )

    def __init__(
        self,
        *args: Any,
        mine: str,
        others: Sequence[tuple[str, str]],
        contracts: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        roles = [(key, rules.called(kind, side).in_(language)) for key, kind, side in rules.roles(mine)]
        self.fields["other"].choices = list(others)  # type: ignore[attr-defined]
        self.fields["role"].choices = roles  # type: ignore[attr-defined]
        self.fields["contract"].choices = [("", "—"), *contracts]  # type: ignore[attr-defined]
        if not contracts:
            del self.fields["contract"]

    @property
    def standing(self) -> tuple[Kind, Side]:
        kind, _dot, side = str(self.cleaned_data["role"]).partition(".")
        return Kind(kind), Side(side)
