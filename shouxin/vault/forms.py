"""Validation of a proposal to outdate a suite; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.vault.queries import KeyStatus


class SuiteForm(forms.Form):
    suite = forms.TypedChoiceField(label=_("标为过时的算法套件"), coerce=int)
    successor = forms.TypedChoiceField(label=_("改用"), coerce=int)
    reason = forms.CharField(label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, status: KeyStatus, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        allowed = [(one.suite, one.name) for one in status.algorithms if one.status == "allowed"]
        for name in ("suite", "successor"):
            self.fields[name].choices = allowed  # type: ignore[attr-defined]
        self.fields["suite"].initial = status.suite
        self.fields["successor"].initial = next((key for key, _name in allowed if key != status.suite), None)
