"""Validation of a wanted value; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.people.thresholds.rules import UNITS, Threshold


class ValueForm(forms.Form):
    value = forms.IntegerField(label=_("新的数值"))
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, threshold: Threshold, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        unit = UNITS[threshold.unit].in_(get_language() or "zh-hans")
        if threshold.only:
            choices = [(one, f"{one} {unit}") for one in threshold.only]
            self.fields["value"] = forms.TypedChoiceField(label=_("新的数值"), choices=choices, coerce=int)
        else:
            said = _("%(least)d 到 %(most)d %(unit)s") % {
                "least": threshold.least,
                "most": threshold.most,
                "unit": unit,
            }
            self.fields["value"] = forms.IntegerField(
                label=_("新的数值"), min_value=threshold.least, max_value=threshold.most, help_text=said
            )
