"""What happens to surveys, as the journal tells it; of an anonymous answer nothing."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("made", "制作满意度调查", "Made a survey"),
    ("enclosed", "把调查附在一条消息里", "Enclosed a survey in a message"),
    ("answered", "客户回答调查", "Answered a survey"),
    ("closed", "调查结束", "Closed a survey"),
    ("read", "查看调查结果", "Read the results of a survey"),
):
    events.register(f"survey.{_name}", EventKind(f"survey.{_name}", Text(_zh, _en)))
