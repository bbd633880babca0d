"""What stating wishes leaves in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("topics_stated", "本人说明想了解的内容", "Said what they want to hear about"),
    ("wishes_counted", "汇总 {count} 位客户的联系意愿", "Counted the wishes of {count} customers"),
):
    events.register(f"portal.{_name}", EventKind(f"portal.{_name}", Text(_zh, _en)))
