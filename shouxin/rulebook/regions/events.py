"""What happens to region profiles, as the journal tells it."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "region.delivered",
        "规则包提出地区规则 {region} 第 {number} 版，待批准：{fields}",
        "The rule pack proposes version {number} of the profile of {region}: {fields}",
    ),
    (
        "region.drafted",
        "起草地区规则 {region} 第 {number} 版：{fields}",
        "Drafted version {number} of the profile of {region}: {fields}",
    ),
    (
        "region.approved",
        "批准地区规则 {region} 第 {number} 版，立即生效：{fields}",
        "Approved version {number} of the profile of {region}, at once: {fields}",
    ),
    (
        "region.discarded",
        "撤下未批准的地区规则 {region} 第 {number} 版",
        "Took back version {number} of the profile of {region}, not approved",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
