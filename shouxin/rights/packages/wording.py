"""Codes of rows in words, both languages: fields, purposes, choices; each looked up once for a whole package."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import override

from shouxin.customers.registry.models import RecordKind
from shouxin.gate.events import reason_name
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.holdings import Column, Reads, Table
from shouxin.rights.packages.rules import WITHHELD

ZONE = ZoneInfo("Asia/Shanghai")
LANGUAGES = {"zh": "zh-hans", "en": "en"}
_YES = {"zh": ("否", "是"), "en": ("no", "yes")}
_OTHER = {
    "profile": {"zh": "客户档案", "en": "Profile"},
    "attachment": {"zh": "附件", "en": "File"},
}


class Words:
    """Says what codes mean, and remembers which it was asked for."""

    def __init__(self) -> None:
        book = rulebooks["rulebook"]
        self._fields = {key: {"zh": rule.name.zh, "en": rule.name.en} for key, rule in book.fields().items()}
        self._purposes = {rule.key: {"zh": rule.name.zh, "en": rule.name.en} for rule in book.purposes()}
        self._groups: dict[str, list[str]] = {}
        for key, rule in book.fields().items():
            if rule.active and rule.storage_group:
                self._groups.setdefault(rule.storage_group, []).append(key)
        self._choice = cache(self._choice_of)
        self._code = cache(self._code_of)
        self._said: dict[str, dict[str, dict[str, str]]] = {}

    def terms(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """What the codes noted so far mean."""
        return {kind: dict(sorted(found.items())) for kind, found in sorted(self._said.items())}

    def note(self, table: Table, row: Mapping[str, Any]) -> None:
        """Remember what the codes of a row mean."""
        for column in table.columns:
            value = row.get("said", {}).get(column.key)
            if not value:
                continue
            if column.reads in {Reads.FIELD, Reads.PURPOSE}:
                self._note(f"{column.reads}s", [value])
            elif column.reads in {Reads.FIELDS, Reads.BY_FIELD}:
                self._note("fields", list(value))
            elif column.reads in {Reads.CHOICE, Reads.CODE}:
                kind = f"{table.key}.{column.key}"
                self._said.setdefault(kind, {})[value] = self._words(table, column, value)

    def _note(self, kind: str, codes: list[str]) -> None:
        known = self._fields if kind == "fields" else self._purposes
        self._said.setdefault(kind, {}).update(
            {code: known.get(code, {"zh": code, "en": code}) for code in codes}
        )

    def of(self, table: Table, column: Column, value: Any, language: str) -> str:
        """One value as a person reads it."""
        if value is None or value in ("", []):
            return ""
        if isinstance(value, dict) and "zh" in value:
            return str(value.get(language, value["zh"]))
        match column.reads:
            case Reads.MOMENT:
                return f"{datetime.fromisoformat(value).astimezone(ZONE):%Y-%m-%d %H:%M}"
            case Reads.YES:
                return _YES[language][bool(value)]
            case Reads.FIELD:
                return self._name(self._fields, value, language)
            case Reads.PURPOSE:
                return self._name(self._purposes, value, language)
            case Reads.FIELDS:
                return self._listed([self._name(self._fields, one, language) for one in value], language)
            case Reads.GROUP:
                fields = self._groups.get(value, [])
                return self._listed([self._name(self._fields, one, language) for one in fields], language)
            case Reads.BY_FIELD:
                pairs = [
                    f"{self._name(self._fields, key, language)}: {_kept(kept)}" for key, kept in value.items()
                ]
                return self._listed(pairs, language)
            case Reads.CHOICE | Reads.CODE:
                return self._words(table, column, value)[language]
            case _:
                return (
                    self._listed([str(one) for one in value], language)
                    if isinstance(value, list)
                    else str(value)
                )

    def _words(self, table: Table, column: Column, value: str) -> dict[str, str]:
        if column.reads is Reads.CHOICE:
            return self._choice(table.key, column.key, str(value), table)
        return self._code(str(value))

    @staticmethod
    def _choice_of(_key: str, column: str, value: str, table: Table) -> dict[str, str]:
        choices = dict(table.model._meta.get_field(column).flatchoices)  # type: ignore[union-attr]  # noqa: SLF001 - Django's public Meta
        found = {}
        for short, language in LANGUAGES.items():
            with override(language):
                found[short] = str(choices.get(value, value))
        return found

    @staticmethod
    def _code_of(value: str) -> dict[str, str]:
        if value in _OTHER:
            return _OTHER[value]
        kinds, found = dict(RecordKind.choices), {}
        for short, language in LANGUAGES.items():
            with override(language):
                found[short] = str(kinds[value]) if value in kinds else reason_name(value, language)
        return found

    @staticmethod
    def _name(known: Mapping[str, Mapping[str, str]], code: str, language: str) -> str:
        return known[code][language] if code in known else code

    @staticmethod
    def _listed(words: list[str], language: str) -> str:
        return ("、" if language == "zh" else ", ").join(words)


def _kept(kept: Any) -> str:
    """A version of a public value: its text, or that it was taken away."""
    return str(kept[0]) if kept else "—"


def why_withheld(code: str, language: str) -> str:
    return WITHHELD[code].in_(language)
