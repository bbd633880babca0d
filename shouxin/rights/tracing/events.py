"""That the story of a customer was handed out, as the journal tells it; the digest is that of the page."""

from typing import Any

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

_FOR = {"person": Text("本人版", "for the person"), "staff": Text("内部版", "for staff")}
events.register(
    "story.exported",
    EventKind(
        "story.exported",
        Text(
            "导出全过程（{story_for}，{count} 条，{digest}）",
            "Exported the whole story ({story_for}, {count} entries, {digest})",
        ),
    ),
)


def _for(value: Any, language: str) -> str:
    return _FOR[value].in_(language) if value in _FOR else str(value)


words.register("story_for", _for)
