"""What is kept here about customers: the contacts (一次接待) in which staff worked on them."""

from shouxin.core.text import Text
from shouxin.gate.models import Contact
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Contact,
        Text("接待", "Contacts"),
        Why(
            Text("工作人员接待时填写", "Staff, when they dealt with you"),
            Text("说明每次查看的目的和原因", "To state why your information was looked at"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("opened_at", Text("开始", "From"), Reads.MOMENT),
            Column("ends_at", Text("结束", "Until"), Reads.MOMENT),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
            Column("reason_class", Text("原因", "Reason"), Reads.CODE),
            Column("note", Text("备注", "Note")),
        ),
    )
)
