"""Validation of what is typed about departures; nothing here saves."""

from django import forms
from django.utils.translation import gettext_lazy as _


class AnnounceForm(forms.Form):
    last_day = forms.DateField(
        label=_("最后工作日"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("当天结束后，登录名自动停用。"),
    )
