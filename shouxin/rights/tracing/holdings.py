"""The journal about customers: everything that was done with what is kept of them."""

from collections.abc import Iterator

from shouxin.core.text import Text
from shouxin.journal.models import Entry
from shouxin.kit.holdings import Asking, Column, Reads, Row, Table, Why, register
from shouxin.rights.tracing.queries import story


def _entries(asking: Asking) -> Iterator[Row]:
    for told in story(asking.customers, for_person=True):
        said = {
            "at": told.line.at.isoformat(),
            "what": dict(told.sentence),
            "who": dict(told.who),
            "purpose": told.line.purpose or "",
        }
        yield Row(str(told.line.id), said)


register(
    Table(
        Entry,
        Text("谁在什么时候为什么用过您的信息", "Who used your information, when and why"),
        Why(
            Text("每次处理时自动记录", "Recorded by itself at every act"),
            Text("证明处理合法，供您查询", "To prove that processing was lawful, and to show you"),
            Text("不少于 3 年，不可更改", "At least 3 years; cannot be changed"),
        ),
        (
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("what", Text("做了什么", "What")),
            Column("who", Text("由谁", "Who")),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
        ),
        reader=_entries,
    )
)
