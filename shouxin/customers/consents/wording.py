"""Boxes in words: the purpose itself, or a kind of separate consent with the field or the company it is about."""

from collections.abc import Collection, Mapping

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.consents import rules
from shouxin.customers.consents.models import Kind
from shouxin.gate.facts import rules as rulebooks
from shouxin.rulebook.recipients import queries as recipients


def item_names(items: Collection[str]) -> Mapping[str, Text]:
    """What separate consents are about, by name: fields, and companies of the register."""
    fields = rulebooks["rulebook"].fields()
    named = {item: fields[item].name for item in items if item in fields}
    return {**named, **recipients.names_of(set(items) - named.keys())}


def box_names(keys: Collection[str], language: str) -> list[str]:
    """Boxes by the names their pages give them, in words."""
    names = item_names({item for key in keys if (item := key.partition(":")[2])})
    return [_box_name(key, names, language) for key in keys]


def _box_name(key: str, names: Mapping[str, Text], language: str) -> str:
    kind, _, item = key.partition(":")
    if kind == rules.GENERAL:
        return Text("为此目的处理", "processing for it").in_(language)
    if kind not in Kind.values:
        return key
    with override(language):
        said = str(Kind(kind).label)
    apart = ": " if language.startswith("en") else "："
    return f"{said}{apart}{names[item].in_(language) if item in names else item}" if item else said
