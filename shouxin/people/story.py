"""The story of a thing, from the journal, as its page shows it: when, what, who, and where the proof is."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language

from shouxin.core.policy import Actor
from shouxin.journal import queries as journal
from shouxin.journal.events import events
from shouxin.journal.queries import Line
from shouxin.kit.detail import Mark
from shouxin.people.models import Staff
from shouxin.people.notices.kinds import end_of
from shouxin.people.notices.rules import days_left, left_words
from shouxin.people.preferences.rules import DEFAULT_ZONE
from shouxin.people.telling import told

SHOWN = 20


def lines_of(
    beginnings: Collection[str],
    about: Mapping[str, object] | None = None,
    *,
    since: datetime | None = None,
    limit: int = SHOWN,
) -> list[Line]:
    """The latest entries of events whose names begin so, the newest first: of those whose data says all of `about`.

    The caller has established that the reader may know of them.
    """
    names = [name for name in events if name.startswith(tuple(beginnings))]
    if about is None:
        return journal.of_events(names, limit=limit)
    said = {key: value if isinstance(value, int) else str(value) for key, value in about.items()}
    return journal.of_thing(names, said, since=since, limit=limit)


def story(
    actor: Actor,
    beginnings: Collection[str],
    about: Mapping[str, object] | None = None,
    *,
    since: datetime | None = None,
) -> list[dict[str, Any]]:
    """The same for console/parts/story.html: people by name, and the way to the proof for whoever may read it."""
    return told(lines_of(beginnings, about, since=since), actor)


def mark(staff: Staff | None, at: datetime | None) -> Mark:
    """Who took a stage and when, for the stage bar."""
    return Mark(staff.display_name if staff else "", at)


def left(due: datetime | date, now: datetime) -> str:
    """How long there is, in words: 还有 3 天."""
    until = due if isinstance(due, datetime) else end_of(due)
    words = left_words(days_left(until, now, DEFAULT_ZONE))
    return words.in_(get_language() or "zh-hans")
