"""What correcting at one's own door leaves in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

events.register(
    "portal.corrected",
    EventKind(
        "portal.corrected",
        Text("本人在客户门户更正：{fields}", "Corrected by the person at the portal: {fields}"),
    ),
)
