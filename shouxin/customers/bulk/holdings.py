"""What is kept here about customers: what was done to many of them at once."""

from shouxin.core.text import Text
from shouxin.customers.bulk.models import BulkItem
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        BulkItem,
        Text("批量处理", "Done to many customers at once"),
        Why(
            Text("工作人员批量处理时产生", "Made when staff worked on many customers"),
            Text("记录处理结果", "To record the outcome"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column(
                "purpose",
                Text("目的", "Purpose"),
                Reads.PURPOSE,
                sql="(SELECT o.purpose FROM bulk_operation o WHERE o.id = r.operation_id)",
            ),
            Column(
                "asked_at",
                Text("时间", "At"),
                Reads.MOMENT,
                sql="(SELECT o.asked_at FROM bulk_operation o WHERE o.id = r.operation_id)",
            ),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
        ),
    )
)
