"""What each kind of connection brings: its form, whether a program comes in by a token. Rooms sign up here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.people.connections.models import Connection
from shouxin.people.doors import StaffRequest

SECRET = "secret_value"  # noqa: S105 - the name of a form field
LAST = (SECRET, "ca")


class SettingsForm(forms.Form):
    """The settings of one kind; `stored()` is what is kept of them, in JSON."""

    def __init__(self, *args: Any, first: bool = True, **kwargs: Any) -> None:  # noqa: ARG002 - for those with a secret
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def stored(self) -> dict[str, Any]:
        return {key: value for key, value in self.cleaned_data.items() if key != SECRET}

    def secret(self) -> str:
        """The secret typed; empty where the one that stands goes on."""
        return str(self.cleaned_data.get(SECRET) or "")


class SecretForm(SettingsForm):
    """Settings with a secret: required at first, afterwards only to replace it; never shown again."""

    secret_value = forms.CharField(
        label=_("密钥"),
        required=False,
        strip=False,
        max_length=500,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("加密保存，之后不再显示；修改时留空表示不更换。"),
    )

    def __init__(self, *args: Any, first: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, first=first, **kwargs)
        self.fields[SECRET].required = first
        self.order_fields([*(name for name in self.fields if name not in LAST), *LAST])


@dataclass(frozen=True, slots=True)
class KindRoom:
    """`shown` reads settings out as (label, value) for the page."""

    form: type[SettingsForm]
    shown: Callable[[Mapping[str, Any]], list[tuple[str, str]]]
    effect: Text
    comes_in: bool = False  # a program at the other end presents a token of ours
    page: str = ""  # the template with what else the connection's page shows
    more: Callable[[Connection, StaffRequest], Mapping[str, Any]] | None = None  # context of that template


rooms: Registry[KindRoom] = Registry("kinds of connections")
