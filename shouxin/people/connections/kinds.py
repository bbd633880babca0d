"""What each kind of connection brings: its form, whether a program comes in by a token. Rooms sign up here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.people.connections.models import Connection
from shouxin.people.doors import StaffRequest


class SettingsForm(forms.Form):
    """The settings of one kind; `stored()` is what is kept of them, in JSON."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)

    def stored(self) -> dict[str, Any]:
        return dict(self.cleaned_data)


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
