"""What is kept here about customers: answers under their own name. Of an anonymous survey nothing is anybody's."""

from collections.abc import Iterator

from shouxin.core.text import Text
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, is_technical, register
from shouxin.portal.surveys.keeping import given_in
from shouxin.portal.surveys.models import Answer, Asked, Invite


def _answers(asking: Asking) -> Iterator[Row]:
    rows = Answer.objects.filter(customer_id__in=asking.customers).select_related("survey").order_by("id")
    for row in rows:
        asked = [one["text"] for one in row.survey.questions]
        pairs = [f"{text} {said}" for text, said in zip(asked, given_in(row), strict=True) if said]
        told = {"title": row.survey.title, "at": row.at.isoformat(), "answers": "\n".join(pairs)}
        yield Row(str(row.id), told)


register(
    Table(
        Answer,
        Text("您的调查答卷", "Your answers to surveys"),
        Why(
            Text("您填写的", "Written by you"),
            Text("了解满意度，改进服务", "To know how satisfied people are, and to do better"),
            Text("调查结束后 3 年", "3 years after the end of the survey"),
        ),
        (
            Column("title", Text("调查", "Survey")),
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("answers", Text("回答", "Answers")),
        ),
        reader=_answers,
    )
)
is_technical(Invite, "that somebody was asked stands with the message they were sent")
is_technical(Asked, "when somebody was asked last stands with the message they were sent")
