"""Codes of rows in words, both languages at once: fields, purposes, choices; each is looked up once for a package."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import override

from shouxin.customers.registry.models import RecordKind
from shouxin.gate.events import reason_name
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit.holdings import Column, Reads, Table
from shouxin.rights.packages.rules import WITHHELD
from shouxin.rulebook.catalogue import jurisdictions

Pair = tuple[str, str]  # in Chinese, in English
Reader = Callable[[Any], Pair]

ZONE = ZoneInfo("Asia/Shanghai")
_YES = (("否", "no"), ("是", "yes"))
_NOTHING = ("", "")
_OTHER = {"profile": ("客户档案", "Profile"), "attachment": ("附件", "File")}


class Words:
    """Says what codes mean, and remembers which it was asked for."""

    def __init__(self) -> None:
        book = rulebooks["rulebook"]
        self._fields = {key: (rule.name.zh, rule.name.en) for key, rule in book.fields().items()}
        self._purposes = {rule.key: (rule.name.zh, rule.name.en) for rule in book.purposes()}
        self._groups: dict[str, list[str]] = {}
        for key, rule in book.fields().items():
            if rule.active and rule.storage_group:
                self._groups.setdefault(rule.storage_group, []).append(key)
        self._said: dict[str, dict[str, Pair]] = {}

    def terms(self) -> Mapping[str, Mapping[str, Mapping[str, str]]]:
        """What the codes read so far mean."""
        return {
            kind: {code: {"zh": pair[0], "en": pair[1]} for code, pair in sorted(found.items())}
            for kind, found in sorted(self._said.items())
            if found
        }

    def of(self, table: Table, column: Column, value: Any, language: str) -> str:
        """One value as a person reads it."""
        return self.reader(table, column)(value)[language != "zh"]

    def reader(self, table: Table, column: Column) -> Reader:
        """How the values of a column read; one is made for a whole table."""
        say = self._reader(table, column)

        def read(value: Any) -> Pair:
            if value is None or value in ("", []):
                return _NOTHING
            if isinstance(value, dict) and "zh" in value:
                return str(value["zh"]), str(value.get("en", value["zh"]))
            return say(value)

        return read

    def _reader(self, table: Table, column: Column) -> Reader:
        match column.reads:
            case Reads.MOMENT:
                return _moment
            case Reads.YES:
                return lambda value: _YES[bool(value)]
            case Reads.FIELD:
                return self._noting("fields", lambda code: self._fields.get(code, (code, code)))
            case Reads.PURPOSE:
                return self._noting("purposes", lambda code: self._purposes.get(code, (code, code)))
            case Reads.FIELDS:
                return lambda value: _listed(self._names(value))
            case Reads.GROUP:
                return lambda value: _listed(
                    self._fields.get(one, (one, one)) for one in self._groups.get(value, ())
                )
            case Reads.BY_FIELD:
                return self._by_field
            case Reads.CHOICE:
                choices = table.model._meta.get_field(column.key).flatchoices  # type: ignore[union-attr]  # noqa: SLF001 - Django's public Meta
                return self._noting(f"{table.key}.{column.key}", lambda code: _choice(dict(choices), code))
            case Reads.CODE:
                return self._codes(f"{table.key}.{column.key}")
            case _:
                return _plain

    def _noting(self, kind: str, look: Reader) -> Reader:
        """`look`, once for each code, and remembered for `terms`."""
        known = self._said.setdefault(kind, {})

        def read(code: Any) -> Pair:
            found = known.get(code)
            if found is None:
                found = known[code] = look(code)
            return found

        return read

    def _codes(self, kind: str) -> Reader:
        """One code, or a list of them."""
        read = self._noting(kind, _code)
        return lambda value: _listed(map(read, value)) if isinstance(value, list) else read(value)

    def _names(self, keys: Iterable[str]) -> list[Pair]:
        read = self._noting("fields", lambda code: self._fields.get(code, (code, code)))
        return [read(key) for key in keys]

    def _by_field(self, value: Mapping[str, Any]) -> Pair:
        names = zip(self._names(value), map(_kept, value.values()), strict=True)
        return _listed((f"{name[0]}: {kept}", f"{name[1]}: {kept}") for name, kept in names)


def _moment(value: str) -> Pair:
    text = datetime.fromisoformat(value).astimezone(ZONE).isoformat(" ", "minutes")[:16]
    return text, text


def _plain(value: Any) -> Pair:
    if isinstance(value, list):
        return _listed([(str(one), str(one)) for one in value])
    text = str(value)
    return text, text


def lines_of(value: Any, language: str) -> list[str]:
    """A value of the register line by line; what is kept by a code in its words."""
    if isinstance(value, dict):
        return [str(value[language])]
    return [str(one) for one in value] if isinstance(value, list) else [str(value or "")]


def _choice(choices: Mapping[Any, Any], code: str) -> Pair:
    zh, en = in_both(lambda: str(choices.get(code, code)))
    return zh, en


def _code(code: str) -> Pair:
    if code in _OTHER:
        return _OTHER[code]
    kinds = dict(RecordKind.choices)
    if code in kinds:
        return in_both(lambda: str(kinds[code]))
    if found := jurisdictions.known().get(code):
        return found.name.zh, found.name.en
    return reason_name(code, "zh-hans"), reason_name(code, "en")


def in_both(words: Callable[[], str]) -> Pair:
    """The same in both languages of the product."""
    found = []
    for language in ("zh-hans", "en"):
        with override(language):
            found.append(words())
    return found[0], found[1]


def _listed(pairs: Iterable[Pair]) -> Pair:
    both = list(pairs)
    return "、".join(zh for zh, _en in both), ", ".join(en for _zh, en in both)


def _kept(kept: Any) -> str:
    """A version of a public value: its text, or that it was taken away."""
    return str(kept[0]) if kept else "—"


def why_withheld(code: str) -> Pair:
    return WITHHELD[code].zh, WITHHELD[code].en
