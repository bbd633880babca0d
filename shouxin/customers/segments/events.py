"""What counting customers leaves in the journal: numbers alone."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "segments.counted",
        "计算客户分群：{counted} 位，未算 {objected} 位已反对、{restricted} 位限制处理",
        "Counted {counted} customers into segments, left out {objected} who objected and {restricted} restricted",
    ),
    (
        "segments.removed",
        "按本人的选择删除了已算出的分群等级：{classes}",
        "Deleted the classes that were worked out, as the customer chose: {classes}",
    ),
    ("segments.asked", "要求重新计算客户分群", "Asked to count the segments anew"),
    ("segments.objected", "登记客户反对分群分析", "Noted that the customer objects to being counted"),
    ("segments.objection_ended", "客户撤回对分群分析的反对", "The customer took the objection back"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
