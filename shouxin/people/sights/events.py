"""What settings of sight leave in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.sights.rules import NAMES

for _name, _zh, _en in (
    (
        "sight.asked",
        "设定 {staff} 的可见范围：{sight}，待确认",
        "Set what {staff} sees, to be confirmed: {sight}",
    ),
    ("sight.confirmed", "{staff} 的可见范围生效：{sight}", "What {staff} sees took effect: {sight}"),
    ("sight.ended", "{staff} 的可见范围结束：{sight}", "What {staff} saw ended: {sight}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

AS_ROLES = Text("按角色", "as the roles have it")


def sight_name(value: object, language: str) -> str:
    """The view in words; an unknown code is as the roles have it."""
    known = {sight.value: name for sight, name in NAMES.items()}
    return known.get(str(value), AS_ROLES).in_(language)


words.register("sight", sight_name)
