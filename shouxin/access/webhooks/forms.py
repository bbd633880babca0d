"""Validation of an endpoint's proposal; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from shouxin.access.webhooks import rules
from shouxin.kit import outward


class ProposalForm(forms.Form):
    url = forms.CharField(
        label=_("接收地址"),
        max_length=outward.LONGEST_URL,
        widget=forms.TextInput(attrs={"placeholder": "https://crm.example.cn/hooks/shouxin"}),
        help_text=_("须为 https；只有本机地址（127.0.0.1）可用 http。不要在地址中放口令。"),
    )
    events = forms.MultipleChoiceField(label=_("事件"), widget=forms.CheckboxSelectMultiple)
    networks = forms.CharField(
        label=_("允许的内网地址"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "placeholder": "10.1.0.0/16"}),
        help_text=_("接收方在内网时，每行写明一个地址或网段（CIDR）；不写则只向公网地址推送。"),
    )
    reason = forms.CharField(label=_("工作需要"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        language = get_language() or "zh-hans"
        self.fields["events"].choices = [  # type: ignore[attr-defined]
            (key, f"{text.in_(language)} ({key})") for key, text in rules.EVENTS.items()
        ]
        self.fields["events"].initial = list(rules.EVENTS)

    def wanted(self) -> rules.Wanted:
        given = self.cleaned_data
        return rules.Wanted(given["url"].strip(), given["events"], given["networks"].split(), given["reason"])
