"""What hand-overs leave in the journal, customer by customer."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.readers import name_behind

for _name, _zh, _en in (
    (
        "handover.fell_to_head",
        "{staff} 离岗或调岗，由部门负责人 {successor} 代管，待交接",
        "{staff} left or moved; the head {successor} answers for it until it is handed over",
    ),
    (
        "handover.proposed",
        "提出由 {staff} 交接给 {successor}",
        "Proposed to hand it over from {staff} to {successor}",
    ),
    (
        "handover.accepted",
        "接收客户：{staff} 交接给 {successor}",
        "Accepted: handed over from {staff} to {successor}",
    ),
    ("handover.declined", "未接收交接，退回部门负责人", "Did not accept; back to the head"),
    ("handover.withdrawn", "撤回交接", "Took the hand-over back"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))

words.register("successor", name_behind)
