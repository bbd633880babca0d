"""Validation of what is said about a marking; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("说明风险所在。请勿写入客户的个人信息。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class NoteForm(ReasonForm):
    reason = forms.CharField(label=_("拒绝理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}))
