"""A sentence that names dozens of fields says how many, and lists them by category below it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import override

from shouxin.gate.events import field_names
from shouxin.gate.naming import nameable
from shouxin.rulebook.catalogue.categories import CATEGORIES, OTHER, category_of
from shouxin.rulebook.catalogue.models import Field

MOST = 8  # fields named within a sentence


@dataclass(frozen=True, slots=True)
class Group:
    """One category of what a sentence is about."""

    name: str
    count: int
    fields: str


@dataclass(frozen=True, slots=True)
class Folded:
    sentence: str
    groups: Sequence[Group] = ()


def fold(told: Sequence[tuple[str, Mapping[str, Any]]], language: str) -> list[Folded]:
    """Of each sentence and the data of its entry; what the page may not name stands counted under the last category."""
    many = [_many(data) for _sentence, data in told]
    wanted = {key for keys in many for key in keys}
    known = dict(Field.objects.filter(key__in=wanted).values_list("key", "category")) if wanted else {}
    return [
        _folded(sentence, keys, known, language) if keys else Folded(sentence)
        for (sentence, _data), keys in zip(told, many, strict=True)
    ]


def _many(data: Mapping[str, Any]) -> list[str]:
    keys = data.get("fields")
    return [str(key) for key in keys] if isinstance(keys, list) and len(keys) > MOST else []


def _folded(sentence: str, keys: Sequence[str], known: Mapping[str, str], language: str) -> Folded:
    by_category: dict[str, list[str]] = {}
    for key in keys:
        category = category_of(known.get(key, "")) if nameable(key) else OTHER
        by_category.setdefault(category, []).append(key)
    groups = [
        Group(text.in_(language), len(by_category[code]), field_names(by_category[code], language))
        for code, text in CATEGORIES.items()
        if code in by_category
    ]
    with override(language):
        count = _("%(n)s 项") % {"n": len(keys)}
    return Folded(sentence.replace(field_names(list(keys), language), count), groups)
