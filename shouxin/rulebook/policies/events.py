"""What happens to the policies, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "policy.delivered",
        "载入产品默认守则第 {number} 版，自 {effective} 起生效",
        "Put the product's default rules in force, version {number} from {effective}",
    ),
    ("policy.drafted", "起草守则第 {number} 版", "Drafted version {number} of the rules for staff"),
    (
        "policy.approved",
        "批准守则第 {number} 版，自 {effective} 起生效",
        "Approved version {number} of the rules for staff, from {effective}",
    ),
    (
        "policy.discarded",
        "撤下未批准的守则第 {number} 版",
        "Took back version {number} of the rules for staff, not approved",
    ),
    (
        "policy.acknowledged",
        "阅读并确认守则第 {number} 版",
        "Read and acknowledged version {number} of the rules",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
