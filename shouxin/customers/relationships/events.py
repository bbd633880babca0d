"""What relationships leave in the journal of both customers; the other one is named to nobody here."""

from shouxin.core.text import Text
from shouxin.customers.relationships.models import Kind
from shouxin.customers.relationships.rules import called
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    ("relation.made", "登记客户关系：{relation}", "Noted a relationship: {relation}"),
    ("relation.ended", "结束客户关系：{relation}", "Ended a relationship: {relation}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def relation_name(value: object, language: str) -> str:
    """A code `kind.side` in words."""
    kind, _dot, side = str(value).partition(".")
    return called(kind, side).in_(language) if kind in Kind.values else str(value)


words.register("relation", relation_name)
