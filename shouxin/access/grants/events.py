"""What happens to standing grants, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "grant.proposed",
        "申请常设用数授权：目的 {purpose}，字段 {fields}",
        "Proposed a standing grant: {purpose}, {fields}",
    ),
    (
        "grant.seconded",
        "高风险用数授权的第一人批准：目的 {purpose}，字段 {fields}",
        "First approval of a grant for high risk: {purpose}, {fields}",
    ),
    (
        "grant.approved",
        "批准常设用数授权：目的 {purpose}，字段 {fields}",
        "Approved a standing grant: {purpose}, {fields}",
    ),
    ("grant.refused", "拒绝常设用数授权：目的 {purpose}", "Refused a standing grant: {purpose}"),
    ("grant.withdrawn", "撤回常设用数授权申请：目的 {purpose}", "Withdrew a standing grant: {purpose}"),
    (
        "grant.narrowed",
        "字段改严，从常设用数授权中去掉：目的 {purpose}，字段 {fields}",
        "A field became stricter and left a standing grant: {purpose}, {fields}",
    ),
    ("grant.ended", "终止常设用数授权：目的 {purpose}", "Ended a standing grant: {purpose}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
