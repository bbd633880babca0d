"""What departures leave in the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "departure.announced",
        "登记 {staff} 预告离职，最后工作日 {last_day}",
        "Announced that {staff} leaves, last day {last_day}",
    ),
    ("departure.withdrawn", "撤销 {staff} 的预告离职", "Took back that {staff} leaves"),
    (
        "departure.reported",
        "查看 {staff} 的离岗报告：{days} 天内 {entries} 条记录",
        "Read the departure report of {staff}: {entries} entries of {days} days",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
