"""Validation of what is typed about policies; nothing here saves."""

from django import forms
from django.utils.translation import gettext_lazy as _

_TEXT = {"rows": 18}


class PolicyForm(forms.Form):
    """The next version, in both languages."""

    text_zh = forms.CharField(label=_("中文正文"), widget=forms.Textarea(attrs=_TEXT), max_length=40_000)
    text_en = forms.CharField(label=_("英文正文"), widget=forms.Textarea(attrs=_TEXT), max_length=40_000)
    effective_on = forms.DateField(
        label=_("生效日期"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("批准后从这一天起，所有人须重新确认，才能打开客户页面。"),
    )


class AcknowledgeForm(forms.Form):
    """What was read, and the promise."""

    version = forms.UUIDField(widget=forms.HiddenInput)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=64)
    promise = forms.BooleanField(
        label=_("我已阅读，并承诺遵守"),
        error_messages={"required": _("请阅读后勾选，再确认。")},
    )
