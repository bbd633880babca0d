"""Validation of a token for the ledger; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shouxin.access.ledger import rules


class TokenForm(forms.Form):
    name = forms.CharField(
        label=pgettext_lazy("label", "名称"),
        max_length=80,
        help_text=_("哪台机器、哪个程序，例如“审计部镜像机”。"),
    )
    addresses = forms.CharField(
        label=_("来源地址"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("每行一个地址或网段，例如 10.0.8.15 或 10.0.8.0/24；别处来的一律拒绝。"),
    )
    days = forms.IntegerField(
        label=_("有效天数"),
        min_value=1,
        max_value=rules.MOST_DAYS,
        initial=rules.DAYS,
        help_text=_("产品默认 30 天，最长 90 天。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_addresses(self) -> list[str]:
        return str(self.cleaned_data["addresses"]).split()
