"""What is kept here about customers: what they thought, and what they were answered."""

from collections.abc import Iterator

from shouxin.core.text import Text
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, register
from shouxin.rights.feedback.keeping import answer_in, said_in
from shouxin.rights.feedback.models import Feedback


def _items(asking: Asking) -> Iterator[Row]:
    for row in Feedback.objects.filter(customer_id__in=asking.customers).order_by("id"):
        said = said_in(row)
        yield Row(
            str(row.id),
            {
                "number": row.number,
                "category": row.category,
                "filed_at": row.filed_at.isoformat(),
                "text": said.text,
                "contact": said.contact,
                "state": row.state,
                "due_on": row.due_on.isoformat(),
                "answer": answer_in(row),
                "answered_at": row.answered_at.isoformat() if row.answered_at else None,
            },
        )


register(
    Table(
        Feedback,
        Text("您的意见反馈", "Your feedback"),
        Why(
            Text("您写的", "Written by you"),
            Text("答复您，并改进服务", "To answer you, and to do better"),
            Text("答复后 3 年", "3 years after the answer"),
        ),
        (
            Column("number", Text("编号", "Number")),
            Column("category", Text("类别", "Kind"), Reads.CHOICE),
            Column("filed_at", Text("提出时间", "Filed"), Reads.MOMENT),
            Column("text", Text("内容", "Words")),
            Column("contact", Text("联系方式", "Contact given")),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("due_on", Text("期限", "Due"), Reads.DAY),
            Column("answer", Text("答复", "Answer")),
            Column("answered_at", Text("答复时间", "Answered"), Reads.MOMENT),
        ),
        reader=_items,
    )
)
