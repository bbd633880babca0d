"""What happens to emergency access, as the journal tells it; the reason a person wrote stands in the register alone."""

from shouxin.access.emergency.models import Finding
from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

FINDINGS = {
    Finding.JUSTIFIED.value: Text("属实，必要", "justified"),
    Finding.UNJUSTIFIED.value: Text("不必要", "not justified"),
}


def finding_name(value: object, language: str) -> str:
    known = FINDINGS.get(str(value))
    return known.in_(language) if known else str(value)


OBSTACLES = {
    "suspended": Text("已被暂停", "suspended"),
    "day.spent": Text("一天内次数已满", "too many within a day"),
}


def obstacle_name(value: object, language: str) -> str:
    known = OBSTACLES.get(str(value))
    return known.in_(language) if known else str(value)


for _name, _zh, _en in (
    (
        "emergency.opened",
        "应急访问：目的 {purpose}，字段 {fields}，{minutes} 分钟",
        "Emergency access: {purpose}, {fields}, {minutes} minutes",
    ),
    ("emergency.refused", "没有放行应急访问：{obstacle}", "Refused emergency access: {obstacle}"),
    ("emergency.ended", "提前终止 {staff} 的应急访问", "Ended the emergency access of {staff} early"),
    (
        "emergency.reviewed",
        "复核 {staff} 的应急访问：{finding}",
        "Reviewed the emergency access of {staff}: {finding}",
    ),
    ("emergency.suspended", "暂停 {staff} 发起应急访问", "Suspended emergency access for {staff}"),
    ("emergency.lifted", "恢复 {staff} 发起应急访问", "Let {staff} open emergency access again"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
words.register("finding", finding_name)
words.register("obstacle", obstacle_name)
