"""What happens to recipients, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("recipient.entered", "登记接收方", "Entered a recipient"),
    ("recipient.changed", "修改接收方：{attributes}", "Changed a recipient: {attributes}"),
    ("recipient.retired", "停用接收方", "Retired a recipient"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
