"""The story of one customer from the first collection on, entry by entry: as staff may read it, and as the person may.

The person is told everything but what a law forbids to tell them, and no name of staff: who did it is a department and
a role. An entry that is about nothing else than what is secret is not there, and leaves no gap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.queries import Line, concerning
from shouxin.kit import holdings
from shouxin.people import readers
from shouxin.people.queries import names_of
from shouxin.people.telling import persons_in, pseudonyms_in
from shouxin.rights import secrecy

AT_ONCE = 500
SYSTEM = Text("系统程序", "A program of ours")
YOURSELF = Text("您本人", "Yourself")
THEMSELVES = Text("本人", "The person concerned")
_LANGUAGES = ("zh-hans", "en")
_FIRST = UUID(int=0)
_encode = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Told:
    """One entry in words, both languages: what happened, and who did it. `whole` when nothing of it was left out."""

    line: Line
    sentence: Mapping[str, str]
    who: Mapping[str, str]
    whole: bool


def story(customers: Sequence[UUID], *, for_person: bool, names: bool = False) -> Iterator[Told]:
    """Every entry about some customers who are one, and every list they stood in, the earliest first; read in pieces.

    `names` tells staff by name; the person is never told one.

    The caller has established that whoever reads it may see these customers.
    """
    secret = _secret(customers) if for_person else frozenset()
    after: UUID | None = None
    while True:
        piece = concerning(customers, after=after or _FIRST, limit=AT_ONCE)
        if not piece:
            return
        after = piece[-1].id
        yield from _in_words(piece, customers, secret, names=names and not for_person, you=for_person)
        if len(piece) < AT_ONCE:
            return


def _secret(customers: Sequence[UUID]) -> frozenset[str]:
    things = (one for found in holdings.secrets.values() for one in found(customers))
    return secrecy.hidden() | frozenset(things)


def _in_words(
    piece: Sequence[Line], customers: Sequence[UUID], secret: frozenset[str], *, names: bool, you: bool
) -> Iterator[Told]:
    kept = [(line, _without(line, secret)) for line in piece]
    shown = [(line, left) for line, left in kept if left is not None]
    alike = [(left.event, _encode(left.data)) for _line, left in shown]
    once = {key: left for key, (_line, left) in zip(alike, shown, strict=True)}
    known, said = _named(piece, customers, names=names, you=you), dict[str, dict[Any, str]]()
    for language in _LANGUAGES:
        with override(language), readers.knowing(known[language]):
            said[language] = {key: left.sentence(language) for key, left in once.items()}
    nobody = {language: SYSTEM.in_(language) for language in _LANGUAGES}
    for key, (line, left) in zip(alike, shown, strict=True):
        who = {one[:2]: known[one].get(line.actor, nobody[one]) for one in _LANGUAGES}
        sentence = {one[:2]: said[one][key] for one in _LANGUAGES}
        yield Told(left, sentence, who, whole=not line.among and left.data == line.data)


def _named(
    piece: Sequence[Line], customers: Sequence[UUID], *, names: bool, you: bool
) -> Mapping[str, Mapping[UUID, str]]:
    """By language who stands behind each pseudonym: the name for staff, or department and role.

    `you`: whoever reads it is the person.
    """
    wanted, themselves = pseudonyms_in(piece), YOURSELF if you else THEMSELVES
    if names:
        known = names_of(wanted)
        return {one: known | dict.fromkeys(customers, themselves.in_(one)) for one in _LANGUAGES}
    found = {}
    for language, people in persons_in(wanted, _LANGUAGES).items():
        system = SYSTEM.in_(language)
        places = {
            pseudonym: " · ".join(part for part in (one.department, *one.roles) if part) or system
            for pseudonym, one in people.items()
        }
        found[language] = places | dict.fromkeys(customers, themselves.in_(language))
    return found


def _without(line: Line, secret: frozenset[str]) -> Line | None:
    """The entry without what is secret; None when it is about a secret thing, or about nothing else."""
    if not secret:
        return line
    if line.event in secrecy.UNSAID:
        return None
    left: dict[str, Any] = {}
    for key, value in line.data.items():
        if isinstance(value, str) and value in secret:
            return None
        if isinstance(value, list):
            rest = [one for one in value if not (isinstance(one, str) and one in secret)]
            if value and not rest:
                return None
            left[key] = rest
        elif isinstance(value, dict):
            left[key] = {one: said for one, said in value.items() if one not in secret}
        else:
            left[key] = value
    return replace(line, data=left)
