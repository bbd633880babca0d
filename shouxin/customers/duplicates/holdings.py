"""What is kept here about customers: that two may be one, or were merged; the other is not named."""

from shouxin.core.text import Text
from shouxin.customers.duplicates.models import Merge, SuspectedPair
from shouxin.kit.holdings import Column, Reads, Table, Why, register

_ONCE = Text("不重复保存同一个人的信息", "Not to keep the same person twice")
register(
    Table(
        SuspectedPair,
        Text("疑似重复", "Possible duplicates"),
        Why(
            Text("自动比对产生", "Found by comparing"),
            _ONCE,
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("found_at", Text("发现时间", "Found"), Reads.MOMENT),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("decided_at", Text("决定时间", "Decided"), Reads.MOMENT),
        ),
        by="(r.customer_id = ANY(%s::uuid[]) OR r.other_id = ANY(%s::uuid[]))",
    )
)
register(
    Table(
        Merge,
        Text("档案合并", "Merged files"),
        Why(
            Text("工作人员合并", "Merged by staff"),
            _ONCE,
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("merged_at", Text("合并时间", "Merged"), Reads.MOMENT),
            Column("undone_at", Text("撤销时间", "Undone"), Reads.MOMENT),
        ),
        by="(r.customer_id = ANY(%s::uuid[]) OR r.absorbed_id = ANY(%s::uuid[]))",
    )
)
