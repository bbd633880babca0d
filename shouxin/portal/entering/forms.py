"""What is typed at the customers' door; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.portal.entering.rules import LONGEST_TYPED


class DoorForm(forms.Form):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class AskForm(DoorForm):
    contact = forms.CharField(
        label=_("手机号码或邮箱"),
        max_length=LONGEST_TYPED,
        help_text=_("填您在我们这里登记过的那一个。"),
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class CodeForm(DoorForm):
    code = forms.CharField(
        label=_("验证码"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "class": "my-code"}
        ),
    )


class AttributeForm(DoorForm):
    detail = forms.CharField(
        label=_("证件号码后四位，或会员号、客户编号"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )


class InvitationForm(DoorForm):
    invitation = forms.CharField(
        label=_("邀请码"),
        max_length=40,
        help_text=_("印在合同或邀请单上，16 位，不分大小写。"),
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "class": "my-code",
            }
        ),
    )
    detail = forms.CharField(
        label=_("证件号码或手机号码后四位，或会员号、客户编号"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
