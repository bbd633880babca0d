"""What is kept here about customers: that they were a lead, whence, and until when."""

from shouxin.core.text import Text
from shouxin.customers.leads.models import Lead
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Lead,
        Text("作为潜在客户的登记", "Noted as somebody who may become a customer"),
        Why(
            Text("您或工作人员提供", "From you or from staff"),
            Text("与您联系，看是否成为客户", "To get in touch and see whether you become a customer"),
            Text("到期没有成为客户即销毁", "Destroyed unless you become a customer in time"),
        ),
        (
            Column("source", Text("来源", "Source"), Reads.CHOICE),
            Column("permission", Text("许可", "Permission"), Reads.CHOICE),
            Column("made_at", Text("登记时间", "Noted at"), Reads.MOMENT),
            Column("expires_at", Text("到期销毁", "Destroyed at"), Reads.MOMENT),
        ),
    )
)
