"""What happens to delegations, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, sentence, words
from shouxin.people.readers import name_behind

for _name, _zh, _en in (
    (
        "delegation.given",
        "委托 {deputy} 代理确认和审批，至 {until}",
        "Named {deputy} to confirm and approve in their stead until {until}",
    ),
    ("delegation.ended", "结束 {giver} 对 {deputy} 的委托", "Ended the delegation of {giver} to {deputy}"),
    ("delegation.used", "代 {giver} 办理：{deed}", "Acted in the stead of {giver}: {deed}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def deed_name(value: object, language: str) -> str:
    """What was done, as its own event's sentence begins."""
    return sentence(str(value), {}, language).replace("—", "").strip(" ：:，,")


words.register("deputy", name_behind)
words.register("giver", name_behind)
words.register("deed", deed_name)
