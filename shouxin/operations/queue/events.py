"""What is done to background work by hand, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.operations.queue.titles import title_of

for _name, _zh, _en in (
    ("job.retried", "重新执行失败的后台工作：{task}", "Ran a failed job again: {task}"),
    ("job.cancelled", "取消后台工作：{task}", "Cancelled a job: {task}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

words.register("task", title_of)
