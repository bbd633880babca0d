"""What setting contact limits leaves in the journal: which of them, never what they say."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

events.register(
    "limits.set",
    EventKind("limits.set", Text("登记联系限制：{fields}", "Set contact limits: {fields}")),
)
