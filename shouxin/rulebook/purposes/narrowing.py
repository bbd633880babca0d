"""A long list in a form: what fits comes first, and a word beside it finds an entry, without any script.

The browser offers the entries to whoever types (a datalist). A word that fits one entry alone chooses it; where it fits
several, the form comes back with those on top.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

WORDS = "_words"
MOST_ON_TOP = 40


@dataclass(frozen=True, slots=True)
class Typed:
    """What came back of one list: the entry picked, and the words beside it."""

    picked: str
    words: str

    def __bool__(self) -> bool:
        return bool(self.picked or self.words)

    def __str__(self) -> str:
        return self.picked


Groups = Sequence[tuple[str, Sequence[tuple[str, str]]]]


class LongSelect(forms.Select):
    """The list with its groups, and the field for words."""

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        picked = super().value_from_datadict(data, files, name)
        return Typed(str(picked or ""), str(data.get(f"{name}{WORDS}") or "").strip()[:100])

    def format_value(self, value: Any) -> list[str]:
        return [str(value or "")]

    def render(
        self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None
    ) -> SafeString:
        chosen = super().render(name, value, attrs, renderer)
        key = (attrs or {}).get("id", f"id_{name}")
        names = format_html_join(
            "", '<option value="{}"></option>', ((label,) for _key, label in entries_of(self.choices))
        )
        return format_html(
            '{}<label class="sx-help" for="{}{}">{}</label>'
            '<input id="{}{}" name="{}{}" list="{}_list" maxlength="100" autocomplete="off" value="{}">'
            '<datalist id="{}_list">{}</datalist>',
            chosen,
            *(key, WORDS, _("或输入名称、编号中的几个字：")),
            *(key, WORDS, name, WORDS, key),
            value.words if isinstance(value, Typed) else "",
            *(key, names),
        )


def entries_of(choices: Iterable[Any]) -> list[tuple[str, str]]:
    """Every entry once, without the groups."""
    found: dict[str, str] = {}
    for key, label in choices:
        inner = label if isinstance(label, list | tuple) else [(key, label)]
        found.update((str(k), str(text)) for k, text in inner if k)
    return list(found.items())


class LongChoiceField(forms.ChoiceField):
    """One of a long list."""

    widget = LongSelect
    default_error_messages = {
        "nothing": gettext_lazy("没有找到“%(words)s”，请换几个字，或在列表中选。"),
        "several": gettext_lazy("“%(words)s”符合 %(n)d 条，已列在最前，请选一条。"),
    }

    def clean(self, value: Any) -> str:
        typed = value if isinstance(value, Typed) else Typed(str(value or ""), "")
        return str(super().clean(self._found(typed.words) if typed.words else typed.picked))

    def _found(self, words: str) -> str:
        listed: list[Any] = list(self.widget.choices)
        known = entries_of(listed)
        fit = [key for key, label in known if words in {key, label}] or [
            key for key, label in known if words.casefold() in label.casefold()
        ]
        if len(fit) == 1:
            return fit[0]
        if not fit:
            raise ValidationError(self.error_messages["nothing"], code="nothing", params={"words": words})
        on_top = [(key, label) for key, label in known if key in set(fit)][:MOST_ON_TOP]
        self.choices = [
            *listed[:1],
            (_("符合“%(words)s”的") % {"words": words}, on_top),
            *listed[1:],
        ]
        params = {"words": words, "n": len(fit)}
        raise ValidationError(self.error_messages["several"], code="several", params=params)


def in_groups(
    first: tuple[str, Sequence[tuple[str, str]]], rest: Sequence[tuple[str, tuple[str, str]]]
) -> Groups:
    """`rest` (group and entry) by groups in the order they come in, below `first`."""
    grouped: dict[str, list[tuple[str, str]]] = {}
    for group, entry in rest:
        grouped.setdefault(group, []).append(entry)
    return [*([first] if first[1] else []), *grouped.items()]
