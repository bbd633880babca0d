"""What the review of purposes leaves in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

events.register(
    "portal.purposes_reviewed",
    EventKind(
        "portal.purposes_reviewed",
        Text(
            "核对仍按已停用或不再包含的目的保存的信息：{fields}，{count} 位客户",
            "Counted what is still kept for a purpose that no longer covers it: {fields}, {count} customers",
        ),
    ),
)
