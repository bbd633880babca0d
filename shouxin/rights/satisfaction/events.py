"""What happens to scores of contacts, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("scored", "客户评价一次接待：{score} 分", "Rated being served: {score}"),
    ("opened", "客户对接待不满意，转监督员办理", "Not satisfied with being served: given to the supervisor"),
    ("remarks_read", "查看 {count} 条接待评语", "Read {count} remarks about being served"),
):
    events.register(f"satisfaction.{_name}", EventKind(f"satisfaction.{_name}", Text(_zh, _en)))
