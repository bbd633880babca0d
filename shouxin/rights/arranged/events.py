"""What arranging for after one's death leaves in the journal: codes alone."""

from typing import Any

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.rights.cases.models import Wish

events.register(
    "rights.arranged",
    EventKind(
        "rights.arranged",
        Text(
            "生前安排：近亲属以后可以要求 {rights_wishes}",
            "Arranged that relatives may later ask for: {rights_wishes}",
        ),
    ),
)


def wish_names(value: Any, language: str) -> str:
    """What relatives may ask for, in words; a dash for nothing."""
    with override(language):
        names = dict(Wish.choices)
        named = [str(names.get(one, one)) for one in value] if isinstance(value, list) else [str(value)]
    return (", " if language.startswith("en") else "、").join(named) or "—"


words.register("rights_wishes", wish_names)
