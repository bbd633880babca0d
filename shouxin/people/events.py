"""What people and their log-ins leave in the journal; staff stand there by pseudonym (`staff`)."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

for _name, _zh, _en in (
    ("department.created", "新建部门", "Created a department"),
    ("department.changed", "修改部门：{fields}", "Changed a department: {fields}"),
    ("setup.link_issued", "生成初始设置链接", "Issued the set-up link"),
    (
        "setup.completed",
        "完成初始设置：{people} 人，{logins} 个登录名",
        "Completed set-up: {people} people, {logins} log-ins",
    ),
    ("staff.created", "新建人员 {staff}", "Created {staff}"),
    ("staff.moved", "调整 {staff} 的部门", "Moved {staff} to another department"),
    ("staff.renamed", "随目录更新 {staff} 的名称：{fields}", "Renamed {staff} as in the directory: {fields}"),
    (
        "staff.reopened",
        "{staff} 重新入职：没有角色，须重新确认守则",
        "Took {staff} back: without a role, the rules to be acknowledged anew",
    ),
    (
        "staff.access_cut",
        "{staff} 离岗：登录、令牌、角色和授权全部停止，职责待移交后停用",
        "{staff} left: log-in, tokens, roles and grants ended; closed when the duties are handed over",
    ),
    ("staff.ended", "停用 {staff}", "Ended {staff}"),
    ("staff.password_reset", "重置 {staff} 的密码", "Reset the password of {staff}"),
    ("staff.password_changed", "修改本人密码", "Changed their password"),
    ("staff.signed_in", "登录", "Signed in"),
    ("staff.signed_out", "退出登录", "Signed out"),
    ("staff.session_ended", "登录到期：{cause}", "Session ended: {cause}"),
    ("staff.sign_in_failed", "登录失败：{cause}", "Failed to sign in: {cause}"),
    ("staff.purpose_chosen", "选择处理目的 {chosen}", "Chose the purpose {chosen}"),
    ("role.granted", "授予 {staff} 角色 {role}，待确认", "Granted {staff} the role {role}, to be confirmed"),
    (
        "role.proposed",
        "按目录中的组提议 {staff} 的角色 {role}，待确认",
        "Proposed the role {role} for {staff} as the directory's groups say, to be confirmed",
    ),
    ("role.confirmed", "确认 {staff} 的角色 {role}", "Confirmed the role {role} of {staff}"),
    ("role.ended", "收回 {staff} 的角色 {role}", "Took the role {role} from {staff}"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
