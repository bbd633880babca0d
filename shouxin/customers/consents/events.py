"""What happens to consents, as the journal tells it: codes and digests, never what somebody wrote."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "consent.decided",
        "本人对目的 {purpose} 作出选择：同意 {given}，未同意 {refused}",
        "Decided about purpose {purpose}: agreed to {given}, not to {refused}",
    ),
    (
        "consent.withdrawn",
        "撤回对目的 {purpose} 的同意：{withdrawn}，立即生效",
        "Withdrew the consent to purpose {purpose}: {withdrawn}, at once",
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
