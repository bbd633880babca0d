"""What is kept here about customers: that they were looked at when the register was cleaned up."""

from shouxin.core.text import Text
from shouxin.customers.cleanup.models import CleanupItem
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        CleanupItem,
        Text("清理检查", "Clean-up"),
        Why(
            Text("自动检查产生", "Found by itself"),
            Text("不保留不再需要的信息", "To keep nothing that is no longer needed"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("group", Text("类别", "Group"), Reads.CHOICE),
            Column("last_active_at", Text("最后往来", "Last activity"), Reads.MOMENT),
            Column("decision", Text("决定", "Decision"), Reads.CHOICE),
            Column("decided_at", Text("决定时间", "Decided"), Reads.MOMENT),
        ),
    )
)
