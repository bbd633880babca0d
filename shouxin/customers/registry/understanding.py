"""What somebody who looks for a customer may have meant by what they typed: pure, no value is known here."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from shouxin.core.crypto.indexes import COMPOUND_SURNAMES, LAST
from shouxin.core.identifiers import addresses, narrating, spelling
from shouxin.core.policy import FieldRule, Storage
from shouxin.vault.searching import Alternative, Asked

LONGEST_NAME = 30  # characters that may be part of a name
LONGEST_PLACE = 200
SHORTEST = 2
# A surname, or more of a name, and four characters: 张 1234, 张伟1234, zhang 002X.
_NAME_AND_LAST = re.compile(r"(\S(?:[^0-9]*[^\s0-9,，:：、])?)[\s,，:：、]*([0-9]{3}[0-9Xx])").fullmatch
_LETTERS = re.compile("[a-z][a-z '’.üé-]*", re.IGNORECASE).fullmatch


@dataclass(slots=True)
class Understood:
    """What is to be looked for: among sealed fields, and among those that stand in clear. `little` tells that a name
    was typed too short to be looked for: one character, or a surname alone, in characters or in pinyin."""

    sealed: list[Alternative] = field(default_factory=list)
    clear: list[Asked] = field(default_factory=list)
    little: bool = False

    def add(self, asked: Iterable[Asked]) -> None:
        for one in asked:
            if one.rule.storage is Storage.CLEAR:
                self.clear.append(one)
            else:
                self.sealed.append((one,))


def understand(term: str, fields: Sequence[FieldRule]) -> Understood:
    """Everything that `term` may stand for in `fields`."""
    text, found = term.strip(), Understood()
    if text.startswith("@"):
        found.add(_of(fields, "domain", text[1:]))
        return found
    found.add(_of(fields, "exact", text))
    named = None
    if _is_ending(text):
        found.add(_of(fields, "last4", text))
    elif named := _NAME_AND_LAST(text):
        found.sealed += _name_and_last(fields, named[1], named[2])
    if len(text) <= LONGEST_PLACE and not (named and text.isascii()) and addresses.looks_like(text):
        found.add(_of(fields, "address", text))
    if any(character.isdigit() for character in text) and not spelling.unspaced(text):
        return found
    _names(found, fields, text)
    return found


def _of(fields: Iterable[FieldRule], kind: str, text: str) -> list[Asked]:
    return [Asked(rule, kind, text) for rule in fields if kind in rule.indexes]


def _is_ending(text: str) -> bool:
    return len(text) == LAST and text.isalnum() and any(c.isdigit() for c in text)


def _name_and_last(fields: Sequence[FieldRule], name: str, last: str) -> list[Alternative]:
    """The ending is looked up; the name of the same record is compared in what was found by it."""
    if not (spelling.unspaced(name) or _LETTERS(name)):
        return []
    names = [rule for rule in fields if "window2" in rule.indexes and rule.storage is not Storage.CLEAR]
    return [
        (Asked(rule, "last4", last), Asked(of, "begins", name, looked_up=False))
        for rule in fields
        if "last4" in rule.indexes
        for of in names
        if of.record == rule.record
    ]


def _names(found: Understood, fields: Sequence[FieldRule], text: str) -> None:
    characters = spelling.unspaced(text)
    if characters:
        alone = len(characters) < SHORTEST or characters in COMPOUND_SURNAMES
        found.little = alone and not spelling.prefixes(text)
        if len(characters) >= SHORTEST and len(text) <= LONGEST_NAME:
            wanted = [rule for rule in fields if rule.storage is Storage.CLEAR] if alone else fields
            found.add(_of(wanted, "window2", text))
        return
    if not _LETTERS(text) or len(text) > LONGEST_NAME:
        if spelling.prefixes(text) and len(text) <= LONGEST_NAME:
            found.add(_of(fields, "window2", text))
        return
    _letters(found, fields, text)


def _letters(found: Understood, fields: Sequence[FieldRule], text: str) -> None:
    spelled, words = bool(spelling.spelled(text)), bool(spelling.prefixes(text))
    found.little = text.lower().replace("ü", "v") in _spelled_surnames()
    if spelled:
        found.add(_of(fields, "pinyin", text))
    if spelling.is_initials(text):
        found.add(_of(fields, "initials", text.lower()))
    elif not spelled and not words:
        found.little = True
    if words or " " in text:
        found.add(_of(fields, "window2", text))


@cache
def _spelled_surnames() -> frozenset[str]:
    return frozenset(way for surname in narrating.SURNAMES for way in spelling.spellings(surname))
