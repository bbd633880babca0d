"""What happens to customers, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "customer.created",
        "建立客户档案：目的 {purpose}，渠道 {channel}，字段 {fields}",
        "Created: {purpose}, {channel}, {fields}",
    ),
    (
        "customer.changed",
        "更新客户信息：目的 {purpose}，字段 {fields}",
        "Changed {fields}, purpose {purpose}",
    ),
    ("customer.assigned", "变更负责人或可见范围", "Changed the responsible person or the scope"),
    ("record.added", "新增{kind}：字段 {fields}", "Added {kind}: {fields}"),
    ("record.ended", "结束{kind}", "Ended {kind}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
