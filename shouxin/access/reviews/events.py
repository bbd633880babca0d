"""What happens in reviews of rights, as the journal tells it."""

from shouxin.access.reviews.kinds import kinds
from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "review.opened",
        "开始 {department} {period} 的权限复核：{count} 条",
        "Opened the review of rights of {department} for {period}: {count} lines",
    ),
    ("review.confirmed", "复核确认 {staff} 的{right}", "Confirmed in review, for {staff}: {right}"),
    ("review.ended", "复核收回 {staff} 的{right}", "Ended in review, for {staff}: {right}"),
    ("review.lapsed", "逾期未确认，{staff} 的{right}失效", "Lapsed unconfirmed, for {staff}: {right}"),
    (
        "review.found_gone",
        "复核前 {staff} 的{right}已结束",
        "Had ended before it was reviewed, for {staff}: {right}",
    ),
    (
        "review.escalated",
        "逾期未确认，但失效会使单位无法授权：{staff} 的{right}升级给个人信息保护负责人",
        "Unconfirmed, but its lapse would leave nobody to grant rights; passed to the officer: {staff}, {right}",
    ),
    (
        "review.closed",
        "{department} {period} 的权限复核完成：确认 {confirmed}，收回 {ended}，失效 {lapsed}",
        "Closed the review of {department} for {period}: {confirmed} confirmed, {ended} ended, {lapsed} lapsed",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def kind_name(value: object, language: str) -> str:
    """The kind of a right in words; an unknown code is shown as it stands."""
    kind = kinds.get(str(value))
    return kind.name.in_(language) if kind else str(value)


words.register("right", kind_name)
