"""What suspensions leave in the journal."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.people.suspensions.models import Suspension

for _name, _zh, _en in (
    ("staff.suspended", "暂停 {staff} 的全部权限：{rest}", "Suspended all rights of {staff}: {rest}"),
    ("staff.resumed", "恢复 {staff} 的权限", "Gave {staff} their rights back"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def cause_name(value: object, language: str) -> str:
    """Why somebody was suspended, in words."""
    with override(language):
        return str(Suspension.Cause(value).label) if value in Suspension.Cause.values else str(value)


words.register("rest", cause_name)
