"""What is kept here about customers: that they were told of an answer."""

from shouxin.core.text import Text
from shouxin.kit.holdings import Column, Reads, Table, Why, register
from shouxin.portal.answers.models import Letter

register(
    Table(
        Letter,
        Text("答复的邮件通知", "Mails that told of an answer"),
        Why(
            Text("答复您的申请时产生", "Made when you were answered"),
            Text("告诉您已有答复", "To tell you that there is an answer"),
            Text("办结后 3 年", "3 years after the end of the case"),
        ),
        (
            Column("noted_at", Text("答复时间", "Answered"), Reads.MOMENT),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
            Column("sent_at", Text("发出时间", "Sent"), Reads.MOMENT),
        ),
    )
)
