"""What comes by SCIM, as the journal tells it; groups stand there by id."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("scim.person_removed", "目录中已删除 {staff}", "{staff} is gone from the directory"),
    (
        "scim.person_adopted",
        "把 {staff} 交由目录 {connection} 管理",
        "Handed {staff} to the directory {connection}",
    ),
    ("scim.group_added", "目录新增一个组（{members} 人）", "The directory added a group ({members} people)"),
    (
        "scim.group_changed",
        "目录中的组有变动（{members} 人）",
        "A group of the directory changed ({members} people)",
    ),
    ("scim.group_removed", "目录中删除了一个组", "A group is gone from the directory"),
    (
        "scim.group_placed",
        "设定目录组所属的部门（{members} 人）",
        "Placed a group in a department ({members} people)",
    ),
    (
        "scim.group_mapped",
        "设定目录组提议的角色 {role}（{members} 人）",
        "Set the role {role} a group proposes ({members} people)",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
