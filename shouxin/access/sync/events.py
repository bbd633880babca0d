"""What connected systems do with tokens and changes, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("sync.tokens_made", "发出客户代号 {count} 个", "Gave out {count} tokens of customers"),
    ("sync.acknowledged", "确认客户变更 {count} 条", "Acknowledged {count} changes of customers"),
    ("sync.tidied", "清除已确认的变更记录 {count} 条", "Forgot {count} acknowledged changes"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
