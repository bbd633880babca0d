"""What is kept here about customers: what was promised to them, beside its words in the record."""

from shouxin.core.text import Text
from shouxin.customers.promises.models import Promise
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Promise,
        Text("需求与承诺", "Needs and promises"),
        Why(
            Text("工作人员记录", "Noted by staff"),
            Text("办理答应您的事", "To do what was promised to you"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("made_at", Text("记录时间", "Noted"), Reads.MOMENT),
            Column("kind", Text("类型", "Kind"), Reads.CHOICE),
            Column("due_on", Text("期限", "Due"), Reads.DAY),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("closed_at", Text("办结时间", "Closed"), Reads.MOMENT),
        ),
    )
)
