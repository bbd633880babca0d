"""What happens to consents, as the journal tells it: codes and digests, never what somebody wrote."""

from shouxin.core.text import Text
from shouxin.customers.consents import wording
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "consent.decided",
        "本人对目的 {purpose} 作出选择：同意 {given}，未同意 {not_given}",
        "Decided about purpose {purpose}: agreed to {given}, not to {not_given}",
    ),
    (
        "consent.withdrawn",
        "撤回对目的 {purpose} 的同意：{withdrawn}，立即生效",
        "Withdrew the consent to purpose {purpose}: {withdrawn}, at once",
    ),
    (
        "consent.lapsed",
        "重新选择的页面不再征询以下各项，此前对目的 {purpose} 的这些同意随即失效：{lapsed}",
        "The page decided on asks for these no longer; what was agreed to of purpose {purpose} ended with it: {lapsed}",
    ),
    (
        "consent.joined",
        "两份档案合并，同意与拒绝按最后一次表示、撤回优先合在一起：{purposes}",
        "Two customers merged: the last word of both holds, a withdrawal before all: {purposes}",
    ),
    (
        "consent.exported",
        "把本人的同意记录导出为机读文件：{records} 条",
        "Handed the consent records out as a machine-readable file: {records}",
    ),
    (
        "purpose.refused_by_customer",
        "本人拒绝或限制为目的 {purpose} 处理其信息，立即生效",
        "Refused or restricted the processing for purpose {purpose}, at once",
    ),
    (
        "purpose.allowed_again",
        "本人不再拒绝为目的 {purpose} 处理其信息",
        "No longer refuses the processing for purpose {purpose}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def box_names(value: object, language: str) -> str:
    """Boxes in words: the purpose itself, or the kind of separate consent with the field or recipient it is for."""
    if not isinstance(value, list):
        return str(value)
    named = wording.box_names([str(key) for key in value], language)
    return (", " if language.startswith("en") else "、").join(named) or "—"


words.register("given", box_names)
words.register("not_given", box_names)
words.register("withdrawn", box_names)
words.register("lapsed", box_names)
