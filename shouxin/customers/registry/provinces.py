"""Provinces as the register keeps them, by their full Chinese names, and as a reader calls them."""

from functools import cache

from django.utils.translation import get_language

from shouxin.core.identifiers import divisions


@cache
def _english() -> dict[str, str]:
    return {one.name: one.english for one in divisions.provinces().values()}


def name_of(text: str) -> str:
    """A province in the reader's language; any other text as it is, because programs may bring their own."""
    return _english().get(text, text) if _reads_english() else text


def choices(chosen: str = "") -> list[tuple[str, str]]:
    """Every province as (what is kept, its name in the reader's language), and besides them what was `chosen`.

    They stand by code, in English by name.
    """
    found = list(_english().items()) if _reads_english() else [(name, name) for name in _english()]
    if _reads_english():
        found.sort(key=lambda one: one[1])
    return found if not chosen or chosen in _english() else [(chosen, chosen), *found]


def _reads_english() -> bool:
    return (get_language() or "").startswith("en")
