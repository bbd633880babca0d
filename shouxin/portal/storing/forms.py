"""Validation of a stated place; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.customers.registry import provinces
from shouxin.kit import countries
from shouxin.portal.storing.models import Part
from shouxin.portal.storing.services import HOME


class PlaceForm(forms.Form):
    part = forms.TypedChoiceField(choices=Part.choices, coerce=Part, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)
    country = forms.ChoiceField(label=_("所在国家或地区"))
    province = forms.ChoiceField(label=_("所在省份"), required=False, help_text=_("只有在中国境内才选。"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(
            *args, **{"label_suffix": "", "auto_id": f"id_{kwargs.get('prefix', '')}_%s", **kwargs}
        )
        self.fields["country"].choices = countries.choices()  # type: ignore[attr-defined] # a ChoiceField
        self.fields["province"].choices = [("", "—"), *provinces.choices()]  # type: ignore[attr-defined] # a ChoiceField

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("province") and found.get("country") != HOME:
            self.add_error("province", _("只有在中国境内才选省份。"))
        return found
