"""What is kept here about customers: what they arranged for after their death."""

from collections.abc import Iterator

from shouxin.core.text import Text
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, register
from shouxin.rights.arranged.events import wish_names
from shouxin.rights.arranged.models import Arrangement


def _rows(asking: Asking) -> Iterator[Row]:
    for row in Arrangement.objects.filter(customer_id__in=asking.customers).order_by("id"):
        allowed = {"zh": wish_names(row.allowed, "zh-hans"), "en": wish_names(row.allowed, "en")}
        ended = row.ended_at.isoformat() if row.ended_at else None
        yield Row(str(row.id), {"allowed": allowed, "at": row.at.isoformat(), "ended_at": ended})


register(
    Table(
        Arrangement,
        Text("您对身后个人信息的安排", "What you arranged for after your death"),
        Why(
            Text("您自己作出", "Said by yourself"),
            Text("近亲属提出要求时照您的安排办", "To do as you arranged when relatives ask"),
            Text("您改变安排后 3 年，或与档案一起", "3 years after you change it, or with your file"),
        ),
        (
            Column("allowed", Text("近亲属可以要求", "Relatives may ask for")),
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("ended_at", Text("改变时间", "Changed"), Reads.MOMENT),
        ),
        reader=_rows,
    )
)
