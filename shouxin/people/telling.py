"""What a detail page tells of the journal: sentences with who and when, and the way to each one's proof."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.journal.events import words
from shouxin.journal.queries import Line
from shouxin.people import queries, readers
from shouxin.people.models import Staff


def told(lines: Iterable[Line], actor: Actor) -> list[dict[str, Any]]:
    """Entries for console/parts/timeline.html; the same act repeated stands once, counted."""
    kept, language = list(lines), get_language() or "zh-hans"
    known = names_in(kept)
    with readers.knowing(known):
        sentences = [line.sentence(language) for line in kept]
    shown: list[dict[str, Any]] = []
    for line, sentence in zip(kept, sentences, strict=True):
        said = {"sentence": sentence, "who": known.get(line.actor, _("系统"))}
        last = shown[-1] if shown else {}
        if said.items() <= last.items():
            last["times"] += 1
            last["note"] = _("共 %(times)d 次，自 %(since)s") % {
                "times": last["times"],
                "since": timezone.localtime(line.at).strftime("%Y-%m-%d %H:%M"),
            }
        else:
            shown.append({"at": line.at, "times": 1, "proof": proof_of(line.id, actor), **said})
    return shown


def names_in(lines: Iterable[Line]) -> dict[UUID, str]:
    """The names of everybody who did these things or stands in their sentences, looked up at once."""
    return queries.names_of(pseudonyms_in(lines))


def pseudonyms_in(lines: Iterable[Line]) -> set[UUID]:
    """Of everybody who did these things or stands in their sentences."""
    wanted: set[UUID] = set()
    for line in lines:
        wanted.add(line.actor)
        for key, value in line.data.items():
            if words.get(key) is readers.name_behind:
                with suppress(ValueError):
                    wanted.add(UUID(str(value)))
    return wanted


def proof_of(entry: UUID, actor: Actor) -> str:
    """Where an entry stands with its proof, for whoever may read the journal; else nothing.

    The page belongs to a floor above: while it is not mounted there is no address.
    """
    if not actor.may(Permission.JOURNAL_ENTRY_READ):
        return ""
    try:
        return reverse("journal:entry", args=[entry])
    except NoReverseMatch:
        return ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who did something: by name, and by what they are."""

    name: str
    department: str = ""
    roles: tuple[str, ...] = ()


def persons(pseudonyms: Iterable[UUID]) -> Mapping[UUID, Person]:
    """Who stands behind these pseudonyms, with department and roles; programs and services by name alone."""
    language = get_language() or "zh-hans"
    return persons_in(pseudonyms, [language])[language]


def persons_in(pseudonyms: Iterable[UUID], languages: Iterable[str]) -> Mapping[str, Mapping[UUID, Person]]:
    """The same by language, looked up once for all of them."""
    wanted = set(pseudonyms)
    staff = {
        one.pseudonym: one for one in Staff.objects.filter(pseudonym__in=wanted).select_related("department")
    }
    rest = queries.names_of(wanted - set(staff))
    found = {}
    for language in languages:
        people = {
            pseudonym: Person(
                one.display_name,
                one.department.name if one.department else "",
                tuple(readers.role_name(role, language) for role in one.roles),
            )
            for pseudonym, one in staff.items()
        }
        found[language] = people | {key: Person(name) for key, name in rest.items()}
    return found
