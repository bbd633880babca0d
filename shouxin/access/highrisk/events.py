"""What happens around high risk, as the journal tells it; a verb reads differently of a customer and of a field."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events

VERBS = {
    "proposed": ("申请标为高风险", "Proposed to mark as of high risk"),
    "marked": (
        "批准标为高风险：独立密钥、双人审批、二次认证、短期授权、禁止导出、逐次提醒同时生效",
        "Marked as of high risk: own key, two approvers, second factor, short grants, no export and alerts, together",
    ),
    "refused": ("未批准标为高风险", "Refused to mark as of high risk"),
    "withdrawn": ("撤回关于高风险的申请", "Withdrew a proposal about high risk"),
    "end_proposed": ("申请解除高风险", "Proposed to end high risk"),
    "end_refused": ("未批准解除高风险", "Refused to end high risk"),
    "ended": ("解除高风险", "Ended high risk"),
}
for _verb, (_zh, _en) in VERBS.items():
    events.register(f"risk.{_verb}", EventKind(f"risk.{_verb}", Text(_zh, _en)))
    events.register(
        f"risk.field_{_verb}",
        EventKind(f"risk.field_{_verb}", Text(f"字段 {{field}}：{_zh}", f"Field {{field}}: {_en}")),
    )
for _name, _zh, _en in (
    (
        "risk.read",
        "提醒：查看了高风险信息的明文，字段 {fields}",
        "Alert: saw high-risk values in clear: {fields}",
    ),
    ("risk.alert_seen", "已阅高风险查看提醒", "Noted an alert of high risk"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))
