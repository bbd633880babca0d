"""Reading the journal is itself in the journal: who looked, narrowed to what, how many lines were shown."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from shouxin.console.journal.naming import kind_name, purpose_names, who_is
from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

LABELS = {
    "about": Text("人员", "person"),
    "kind": Text("事项", "event"),
    "purpose": Text("目的", "purpose"),
    "customer": Text("客户", "customer"),
    "since": Text("自", "from"),
    "until": Text("至", "to"),
}

for _name, _zh, _en in (
    ("journal.searched", "查阅日志 {count} 条：{narrowed}", "Read {count} lines of the journal: {narrowed}"),
    ("journal.entry_read", "打开一条日志", "Opened one entry of the journal"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def narrowed_to(value: object, language: str) -> str:
    """What the journal was narrowed to, in words."""
    asked: Mapping[str, Any] = value if isinstance(value, Mapping) else {}
    parts = [
        f"{LABELS[key].in_(language)} {_said(key, found, language)}"
        for key, found in asked.items()
        if key in LABELS
    ]
    comma = ", " if language.startswith("en") else "，"
    return comma.join(parts) or Text("全部", "all of it").in_(language)


def _said(key: str, value: object, language: str) -> str:
    if key == "about":
        return who_is([UUID(str(value))], language)[UUID(str(value))]
    if key == "kind":
        return kind_name(str(value), language)
    if key == "purpose":
        return purpose_names(language).get(str(value), str(value))
    return str(value)


words.register("narrowed", narrowed_to)
