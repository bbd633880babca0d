"""What is kept here about customers: that they were told of an answer or an extension."""

from shouxin.core.text import Text
from shouxin.kit.holdings import Column, Reads, Table, Why, register
from shouxin.portal.answers.models import Letter

register(
    Table(
        Letter,
        Text("答复和延期的通知", "Messages that told of an answer or an extension"),
        Why(
            Text("答复您的申请或延长期限时产生", "Made when you were answered, or your request took longer"),
            Text("告诉您已有答复，或需要更多时间", "To tell you of an answer, or that it takes longer"),
            Text("办结后 3 年", "3 years after the end of the case"),
        ),
        (
            Column("about", Text("事项", "About"), Reads.CHOICE),
            Column("noted_at", Text("时间", "At"), Reads.MOMENT),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
            Column("sent_at", Text("发出时间", "Sent"), Reads.MOMENT),
            Column("posted_at", Text("书面告知时间", "Written to by post"), Reads.MOMENT),
        ),
    )
)
