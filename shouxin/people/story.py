"""The story of a thing, from the journal, as pages show it: when, what in a sentence, and who."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.journal import queries as journal
from shouxin.journal.events import events
from shouxin.people.queries import names_of

SHOWN = 20
LOOKED_AT = 400  # entries of these events that are looked through for those of one thing


def story(beginnings: Sequence[str], *, key: str = "", value: object = None) -> list[dict[str, Any]]:
    """The latest entries of events whose names begin so, the newest first; with `key`, those whose data says `value`.

    The caller has established that the reader may know of them.
    """
    names = [name for name in events if name.startswith(tuple(beginnings))]
    lines = journal.of_events(names, limit=LOOKED_AT if key else SHOWN)
    kept = [line for line in lines if not key or line.data.get(key) == str(value)][:SHOWN]
    known, language = names_of(line.actor for line in kept), get_language() or "zh-hans"
    return [
        {"at": line.at, "sentence": line.sentence(language), "who": known.get(line.actor, _("系统"))}
        for line in kept
    ]
