"""What the gate writes into the journal."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "contact.opened",
        "开始一次接待：目的 {purpose}，事由 {reason}",
        "Opened a contact: purpose {purpose}, reason {reason}",
    ),
    ("contact.closed", "结束一次接待", "Closed a contact"),
    (
        "field.revealed",
        "查看明文：{fields}，目的 {purpose}，事由 {reason}",
        "Revealed {fields}: purpose {purpose}, reason {reason}",
    ),
    ("field.read", "接口读取：{fields}，目的 {purpose}", "Read over the API: {fields}, purpose {purpose}"),
    ("profile.viewed", "查看脱敏档案，目的 {purpose}", "Viewed the masked profile, purpose {purpose}"),
    (
        "list.viewed",
        "查看脱敏列表 {count} 条，目的 {purpose}",
        "Viewed a masked list of {count}, purpose {purpose}",
    ),
    ("list.searched", "检索得到 {count} 条，目的 {purpose}", "Searched with {count} hits, purpose {purpose}"),
    ("read.refused", "拒绝读取：{code}，目的 {purpose}", "Refused to read: {code}, purpose {purpose}"),
    ("write.refused", "拒绝写入：{code}，目的 {purpose}", "Refused to write: {code}, purpose {purpose}"),
    (
        "maintenance.opened",
        "系统维护读取 {count} 位客户：{reason}",
        "Maintenance opened {count} customers: {reason}",
    ),
    ("decision.explained", "查看权限判定说明：{code}", "Had a decision explained: {code}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
