"""What cleaning up leaves in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("cleanup.run_asked", "发起清理检查", "Asked for a clean-up list"),
    (
        "cleanup.run_finished",
        "清理检查完成：查看客户 {looked_at} 位，列入 {listed} 位",
        "The clean-up list is made: {looked_at} customers looked at, {listed} listed",
    ),
    ("cleanup.keep", "清理决定：保留", "Clean-up: kept"),
    ("cleanup.refresh", "清理决定：列入待更新", "Clean-up: to be refreshed"),
    ("cleanup.restrict", "清理决定：限制处理", "Clean-up: processing restricted"),
    ("cleanup.seal", "清理决定：封存待销毁", "Clean-up: locked, to be destroyed"),
    ("cleanup.undone", "撤回清理决定", "The clean-up decision was taken back"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
