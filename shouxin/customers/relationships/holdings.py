"""What is kept here about customers: that they are related to another one, who is not named."""

from shouxin.core.text import Text
from shouxin.customers.relationships.models import Relationship
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Relationship,
        Text("与其他客户的关系", "Relations to other customers"),
        Why(
            Text("工作人员登记", "Entered by staff"),
            Text("办理与这种关系有关的业务", "To do business that rests on the relation"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("kind", Text("关系", "Relation"), Reads.CHOICE),
            Column("since", Text("自", "Since"), Reads.DAY),
            Column("until", Text("至", "Until"), Reads.DAY),
            Column("made_at", Text("登记时间", "Entered"), Reads.MOMENT),
        ),
        by="(r.customer_id = ANY(%s::uuid[]) OR r.other = ANY(%s::uuid[]))",
    )
)
