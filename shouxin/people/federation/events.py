"""What links to the organisation's own sign-in leave in the journal; subjects never stand there."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("identity.linked", "把本人登录名关联到 {connection}", "Linked their own log-in to {connection}"),
    (
        "identity.proposed",
        "提出把 {staff} 关联到 {connection}，待确认",
        "Proposed to link {staff} to {connection}, to be confirmed",
    ),
    (
        "identity.confirmed",
        "确认 {staff} 与 {connection} 的关联",
        "Confirmed the link of {staff} to {connection}",
    ),
    ("identity.unlinked", "解除 {staff} 与 {connection} 的关联", "Ended the link of {staff} to {connection}"),
    ("identity.bound", "设定 {staff} 只能经 {connection} 登录", "Let {staff} sign in by {connection} alone"),
    ("identity.unbound", "设定 {staff} 用密码登录", "Let {staff} sign in by password"),
    ("identity.signed_in", "经 {connection} 验明身份", "Proved who they are at {connection}"),
    (
        "identity.refused",
        "经 {connection} 登录被拒：{connection_cause}",
        "Refused a sign-in by {connection}: {connection_cause}",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
