"""What is kept here about customers: of which notices they were told."""

from shouxin.core.text import Text
from shouxin.customers.informing.models import Receipt
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Receipt,
        Text("告知回执", "Notices you were told of"),
        Why(
            Text("本单位再次告知时产生", "Made when we told you of a new notice"),
            Text("证明已经告知您", "To prove that you were told"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("way", Text("方式", "By"), Reads.CHOICE),
            Column("notice", Text("告知", "Notice")),
            Column("number", Text("版本", "Version")),
            Column("sha256", Text("哈希（SHA-256）", "SHA-256")),
        ),
    )
)
