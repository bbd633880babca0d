"""What operations over many customers leave in the journal, beside the entry of each customer."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

VERBS = {
    "assign": Text("交给同事负责", "assign to a colleague"),
    "handover": Text("提出客户交接", "propose a hand-over"),
    "refresh": Text("列入待更新", "put on the refresh list"),
    "segment": Text("设置细分", "set the segment"),
}

for _name, _zh, _en in (
    (
        "bulk.asked",
        "发起批量操作（{bulk_verb}），共 {count} 位客户",
        "Asked for an operation over {count} customers: {bulk_verb}",
    ),
    (
        "bulk.cancelled",
        "取消批量操作（{bulk_verb}）：{count} 位客户中已完成 {done} 位、未完成 {failed} 位，其余不再处理",
        "Cancelled an operation ({bulk_verb}): of {count} customers {done} done, {failed} failed, the others left",
    ),
    (
        "bulk.finished",
        "批量操作（{bulk_verb}）结束：{count} 位客户中已完成 {done} 位、未完成 {failed} 位",
        "An operation ({bulk_verb}) is over: of {count} customers {done} done, {failed} failed",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def _verb_name(value: object, language: str) -> str:
    name = VERBS.get(str(value))
    return name.in_(language) if name else str(value)


words.register("bulk_verb", _verb_name)
