"""What is kept here about customers: the groups they were counted into."""

from shouxin.core.text import Text
from shouxin.customers.segments.models import Segment
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Segment,
        Text("客户分群", "Groups you were counted into"),
        Why(
            Text("由订单自动计算", "Computed from your orders"),
            Text("分析与服务", "Analysis and service"),
            Text("每次重新计算；您拒绝后删除", "Computed anew each time; deleted once you object"),
        ),
        (
            Column("recency", Text("最近购买", "Recency"), Reads.CHOICE),
            Column("frequency", Text("购买次数", "Frequency"), Reads.CHOICE),
            Column("value", Text("金额", "Value"), Reads.CHOICE),
            Column("stage", Text("阶段", "Stage"), Reads.CHOICE),
        ),
    )
)
