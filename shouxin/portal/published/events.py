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
for _name, _zh, _en in (
    ("portal.figures_hidden", "停用公开的保护情况", "Took the public page of figures away"),
    ("portal.figures_shown", "恢复公开的保护情况", "Put the public page of figures there again"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
NAMES = {
    "collected": Text("已收集个人信息清单", "What is collected"),
    "shared": Text("与第三方共享个人信息清单", "With whom it is shared"),
}
words.register(
    "public_list",
    lambda value, language: NAMES.get(str(value), Text(str(value), str(value))).in_(language),
)
