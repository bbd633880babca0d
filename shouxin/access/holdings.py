"""What is kept here about customers: emergency reads, marks of high risk, and what connected systems were told."""

from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.highrisk.models import RiskAlert, RiskMark
from shouxin.access.sync.models import CustomerChange, CustomerToken
from shouxin.core.text import Text
from shouxin.kit.holdings import Column, Reads, Table, Why, register

_SAFE = Text("保护您的信息", "To protect your information")
_LOG = Text("客户关系终止后 3 年", "3 years after the end of the relationship")
_PURPOSE = Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE)
_FIELDS = Column("fields", Text("字段", "Fields"), Reads.FIELDS)
_SYSTEM = Column(
    "system", Text("系统", "System"), sql="(SELECT c.name FROM access_api_client c WHERE c.id = r.client_id)"
)
register(
    Table(
        EmergencyAccess,
        Text("应急访问", "Emergency access"),
        Why(Text("工作人员应急打开时产生", "Staff opened it in an emergency"), _SAFE, _LOG),
        (
            _PURPOSE,
            _FIELDS,
            Column("reason", Text("原因", "Reason")),
            Column("opened_at", Text("开始", "From"), Reads.MOMENT),
            Column("until", Text("结束", "Until"), Reads.MOMENT),
            Column("ended_at", Text("提前结束", "Ended early"), Reads.MOMENT),
            Column("reviewed_at", Text("复核时间", "Reviewed"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        RiskMark,
        Text("高风险标记", "Marks of high risk"),
        Why(Text("本单位作出", "Set by us"), _SAFE, _LOG),
        (
            Column("field", Text("字段", "Field"), Reads.FIELD),
            Column("reason", Text("原因", "Reason")),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("proposed_at", Text("提出时间", "Proposed"), Reads.MOMENT),
            Column("decided_at", Text("决定时间", "Decided"), Reads.MOMENT),
            Column("ended_at", Text("结束时间", "Ended"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        RiskAlert,
        Text("高风险信息被查看的提醒", "Alerts: information of high risk was read"),
        Why(Text("查看时自动产生", "Made by itself at the read"), _SAFE, _LOG),
        (_PURPOSE, _FIELDS, Column("at", Text("时间", "At"), Reads.MOMENT)),
    )
)
register(
    Table(
        CustomerToken,
        Text("已接入系统使用的代号", "Pseudonyms that connected systems use for you"),
        Why(
            Text("向已接入系统提供信息时产生", "Made when a connected system was given information"),
            Text(
                "向已接入系统提供信息而不给出证件号等标识", "To serve connected systems without your numbers"
            ),
            Text("该系统停用为止", "Until the system is disconnected"),
        ),
        (
            _SYSTEM,
            Column("field", Text("字段", "Field"), Reads.FIELD),
            Column("at", Text("产生时间", "Made"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        CustomerChange,
        Text("已告知接入系统的变更", "Changes that connected systems were told of"),
        Why(
            Text("您的信息变更时产生", "Made when your information changed"),
            Text("让接入系统同步更正、删除", "So that connected systems correct and delete as well"),
            _LOG,
        ),
        (
            _SYSTEM,
            _FIELDS,
            Column("at", Text("变更时间", "Changed"), Reads.MOMENT),
            Column("acknowledged_at", Text("系统确认时间", "Confirmed by the system"), Reads.MOMENT),
        ),
    )
)
