"""What the search for duplicates, judgements on pairs, and merges leave in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("duplicates.run_asked", "发起查重", "Asked for a search for duplicates"),
    (
        "duplicates.run_finished",
        "查重完成：比对客户 {compared} 位，疑似重复 {found} 对",
        "Searched for duplicates: {compared} customers compared, {found} pairs suspected",
    ),
    ("duplicates.run_failed", "查重未完成：{code}", "The search for duplicates was not finished: {code}"),
    ("duplicates.viewed", "比对疑似重复的客户", "Compared two customers suspected to be one"),
    ("duplicates.later", "疑似重复：稍后再看", "Suspected duplicate: to be looked at later"),
    ("duplicates.handed", "疑似重复：交上级判断", "Suspected duplicate: left to a head above"),
    (
        "duplicates.different",
        "确认不是同一客户，不再提示",
        "Found not to be the same customer; not suggested again",
    ),
    ("duplicates.reopened", "撤回“不是同一客户”的判断", "Took back that they are not the same customer"),
    (
        "customer.merged",
        "另一份客户档案并入本档案，采用其中字段 {fields}",
        "Another customer was merged into this one; taken from it: {fields}",
    ),
    ("customer.absorbed", "本档案并入另一份客户档案", "Merged into another customer"),
    (
        "customer.unmerged",
        "撤销合并，恢复字段 {fields}",
        "The merge was undone; restored: {fields}",
    ),
    (
        "customer.released",
        "撤销合并，恢复为独立档案",
        "The merge was undone; the customer stands by itself again",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
