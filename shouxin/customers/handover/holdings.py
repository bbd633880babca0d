"""What is kept here about customers: who became responsible when somebody left."""

from shouxin.core.text import Text
from shouxin.customers.handover.models import Handover
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Handover,
        Text("责任人交接", "Change of the person responsible"),
        Why(
            Text("责任人调动或离职时产生", "Made when the person responsible left or moved"),
            Text("保证有人负责", "So that somebody answers for you"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("began_at", Text("开始", "Began"), Reads.MOMENT),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("accepted_at", Text("接受时间", "Accepted"), Reads.MOMENT),
        ),
    )
)
