"""What is kept here about customers: that something was handed over to them, when, and which bytes."""

from shouxin.core.text import Text
from shouxin.kit.holdings import Column, Reads, Table, Why, register
from shouxin.rights.packages.models import Package

register(
    Table(
        Package,
        Text("以前领取的材料", "Packages you were given before"),
        Why(
            Text("您领取时产生", "Made when you fetched it"),
            Text("证明已经交付", "To prove that it was handed over"),
            Text("办结后 3 年", "3 years after the end of the case"),
        ),
        (
            Column("taken_at", Text("领取时间", "Fetched"), Reads.MOMENT),
            Column("way", Text("方式", "By"), Reads.CHOICE),
            Column("size", Text("字节", "Bytes")),
            Column("sha256", Text("SHA-256", "SHA-256")),
        ),
        by="r.customer_id = ANY(%s::uuid[]) AND r.state = 'taken'",
    )
)
