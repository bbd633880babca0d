"""What is kept here about customers: the messages they were to get, and why one did not go."""

from shouxin.core.text import Text
from shouxin.customers.messages.models import Recipient
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Recipient,
        Text("发给您的消息", "Messages to you"),
        Why(
            Text("本单位发送时产生", "Made when we wrote to you"),
            Text("证明发送合规", "To prove that it was sent lawfully"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column(
                "subject",
                Text("标题", "Title"),
                sql="(SELECT m.subject FROM customers_message m WHERE m.id = r.message_id)",
            ),
            Column(
                "body",
                Text("正文", "Text"),
                sql="(SELECT m.body FROM customers_message m WHERE m.id = r.message_id)",
            ),
            Column(
                "purpose",
                Text("目的", "Purpose"),
                Reads.PURPOSE,
                sql="(SELECT m.purpose FROM customers_message m WHERE m.id = r.message_id)",
            ),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
            Column("sent_at", Text("发送时间", "Sent"), Reads.MOMENT),
        ),
    )
)
