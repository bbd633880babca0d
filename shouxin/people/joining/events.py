"""What joining leaves in the journal besides the log-ins and roles themselves."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    (
        "staff.table_taken_in",
        "按表格新建 {people} 个登录名，提出 {roles_proposed} 个角色",
        "Created {people} log-ins from a table and proposed {roles_proposed} roles",
    ),
    ("role.declined", "不授予 {staff} 角色 {role}", "Declined the role {role} for {staff}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
