"""What dialling unseen leaves in the journal besides the gate's own entry of the call itself."""

from shouxin.core.text import Text
from shouxin.customers.dialling import checks
from shouxin.customers.preferences.presenting import REASONS
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "dial.prepared",
        "生成 60 秒拨号码：{fields}，目的 {purpose}",
        "Made a sixty-second code to dial {fields}, purpose {purpose}",
    ),
    ("dial.held_back", "按联系限制没有拨号：{held}", "Not dialled because of contact limits: {held}"),
    (
        "dial.empty",
        "拨号码已用，但没有可拨的号码：{fields}",
        "A code was used, without a number to call: {fields}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def held_name(value: object, _language: str) -> str:
    """Why, in words."""
    return str(REASONS.get(str(value)) or checks.words(str(value)))


words.register("held", held_name)
