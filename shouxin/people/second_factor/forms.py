"""Validation of what is typed at the second step and about second factors; nothing here saves."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.people.second_factor.proofs import Code, Password, Proof

CODE, PASSWORD, PASSKEY = "factor_code", "factor_password", "factor_passkey"
FIELDS = (CODE, PASSWORD, PASSKEY)


def _plain(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {"label_suffix": "", **kwargs}


class CodeForm(forms.Form):
    """A code of the app or a recovery code, whichever is at hand."""

    factor_code = forms.CharField(
        label=_("动态码或恢复码"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "spellcheck": "false",
                "autofocus": "",
            }
        ),
        help_text=_("验证器应用中的 6 位数字；手机不在身边时，输入一个恢复码（每个只能用一次）。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_plain(kwargs))

    def proof(self) -> Proof:
        return Code(self.cleaned_data[CODE])


class PasswordAgainForm(forms.Form):
    """For a log-in without second factor: the password once more."""

    factor_password = forms.CharField(
        label=_("您的密码"),
        strip=False,
        max_length=128,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": ""}),
        help_text=_("您没有设置二次认证，因此请再输入一次登录密码。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_plain(kwargs))

    def proof(self) -> Proof:
        return Password(self.cleaned_data[PASSWORD])


class SetUpForm(forms.Form):
    """The first code of a new authenticator app."""

    code = forms.CharField(
        label=_("应用中显示的 6 位数字"),
        max_length=10,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false"}
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_plain(kwargs))


class ResetForm(forms.Form):
    reason = forms.CharField(
        label=_("原因"),
        max_length=200,
        help_text=_("例如：手机遗失，恢复码也不在。请先当面或电话核实本人身份。"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_plain(kwargs))
