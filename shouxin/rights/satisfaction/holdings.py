"""What is kept here about customers: how they said they were served."""

from collections.abc import Iterator

from shouxin.core.text import Text
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, register
from shouxin.rights.satisfaction.keeping import remark_in
from shouxin.rights.satisfaction.models import ContactScore


def _scores(asking: Asking) -> Iterator[Row]:
    for row in ContactScore.objects.filter(customer_id__in=asking.customers).order_by("id"):
        said = {"at": row.at.isoformat(), "score": row.score, "remark": remark_in(row)}
        yield Row(str(row.id), said)


register(
    Table(
        ContactScore,
        Text("您对接待的评价", "How you said you were served"),
        Why(
            Text("您填写的", "Written by you"),
            Text("改进服务", "To serve better"),
            Text("评价后 3 年", "3 years after the score"),
        ),
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("score", Text("分数", "Score")),
            Column("remark", Text("评语", "Remark")),
        ),
        reader=_scores,
    )
)
