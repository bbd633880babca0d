"""What happens to the register of names, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "secret_reader.asked",
        "申请将 {department} 的 {role} 列入商业秘密名录",
        "Asked to name {role} of {department} in the register of trade secrets",
    ),
    (
        "secret_reader.approved",
        "批准 {department} 的 {role} 列入商业秘密名录，每天 {limit} 行",
        "Named {role} of {department} in the register of trade secrets, {limit} rows a day",
    ),
    (
        "secret_reader.refused",
        "拒绝将 {department} 的 {role} 列入商业秘密名录",
        "Refused to name {role} of {department} in the register of trade secrets",
    ),
    (
        "secret_reader.ended",
        "将 {department} 的 {role} 移出商业秘密名录",
        "Took {role} of {department} out of the register of trade secrets",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
