"""What is kept here about customers: what was checked, offered from outside, or came under a contract."""

from shouxin.core.text import Text
from shouxin.customers.quality.models import MailCode, OutsideValue, Standing, Supplied, Verified
from shouxin.kit.holdings import Column, Reads, Table, Why, is_technical, register

_FIELD = Column("field", Text("字段", "Field"), Reads.FIELD)
_RIGHT = Text("保证信息准确、完整", "To keep what is held right and complete")
_LOG = Text("客户关系终止后 3 年", "3 years after the end of the relationship")
is_technical(Standing, "how old and how well checked each value is, told beside the value itself")
register(
    Table(
        Verified,
        Text("核实", "Checked"),
        Why(Text("工作人员核实时记录", "Noted when it was checked"), _RIGHT, _LOG),
        (
            _FIELD,
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("method", Text("方式", "By"), Reads.CODE),
        ),
    )
)
register(
    Table(
        MailCode,
        Text("核实邮箱的验证码", "Codes sent to confirm an e-mail address"),
        Why(
            Text("核实时产生", "Made when it was checked"),
            _RIGHT,
            Text("用过或过期后删除", "Deleted after use"),
        ),
        (
            _FIELD,
            Column("sent_at", Text("发送时间", "Sent"), Reads.MOMENT),
            Column("used_at", Text("使用时间", "Used"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        OutsideValue,
        Text("外部提供、等待决定的信息", "Values offered from outside"),
        Why(Text("由外部来源提供", "Offered by an outside source"), _RIGHT, _LOG),
        (
            _FIELD,
            Column("public", Text("内容（公开信息）", "Value, where it is public")),
            Column("supplier", Text("来源", "Source")),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
            Column("offered_at", Text("提供时间", "Offered"), Reads.MOMENT),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("decided_at", Text("决定时间", "Decided"), Reads.MOMENT),
        ),
    )
)
register(
    Table(
        Supplied,
        Text("依供应合同取得的信息", "Values that came under a supply contract"),
        Why(Text("由供应方提供", "Given by a supplier"), _RIGHT, _LOG),
        (
            _FIELD,
            Column(
                "supplier",
                Text("供应方", "Supplier"),
                sql="(SELECT c.supplier FROM customers_supply_contract c WHERE c.id = r.contract_id)",
            ),
            Column("at", Text("取得时间", "Received"), Reads.MOMENT),
            Column("removed_at", Text("删除时间", "Removed"), Reads.MOMENT),
        ),
    )
)
