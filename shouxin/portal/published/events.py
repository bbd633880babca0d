"""What the published lists leave in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

events.register(
    "portal.list_published",
    EventKind(
        "portal.list_published",
        Text(
            "公开的“{public_list}”有新版本：第 {number} 版",
            "A new version of the public list “{public_list}”: {number}",
        ),
    ),
)
NAMES = {
    "collected": Text("已收集个人信息清单", "What is collected"),
    "shared": Text("与第三方共享个人信息清单", "With whom it is shared"),
}
words.register(
    "public_list",
    lambda value, language: NAMES.get(str(value), Text(str(value), str(value))).in_(language),
)
