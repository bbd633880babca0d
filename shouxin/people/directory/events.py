"""What comes from an LDAP directory, as the journal tells it; groups stand there by id."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "directory.taken_in",
        "从目录 {connection} 接收 {staff}",
        "Took {staff} in from the directory {connection}",
    ),
    (
        "directory.synchronised",
        "随目录 {connection} 更新：{people} 人，{gone} 人已不在目录中，{refused} 人未能随动",
        "Followed the directory {connection}: {people} people, {gone} gone, {refused} could not follow",
    ),
    (
        "directory.sync_stopped",
        "目录 {connection} 中一次消失 {gone} 人（共 {people} 人），没有停用任何人",
        "{gone} of {people} people vanished from the directory {connection} at once; nobody was ended",
    ),
    (
        "directory.group_placed",
        "设定目录组所属的部门（{members} 人）",
        "Placed a group in a department ({members} people)",
    ),
    (
        "directory.group_mapped",
        "设定目录组提议的角色 {role}（{members} 人）",
        "Set the role {role} a group proposes ({members} people)",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
