"""What is kept here about customers: calls that were dialled without the number being seen."""

from shouxin.core.text import Text
from shouxin.customers.dialling.models import Dial
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Dial,
        Text("拨打电话", "Calls"),
        Why(
            Text("工作人员拨打时产生", "Made when staff called you"),
            Text("联系您而不显示号码", "To call you without showing your number"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("made_at", Text("时间", "At"), Reads.MOMENT),
            Column("field", Text("字段", "Field"), Reads.FIELD),
            Column("purpose", Text("目的", "Purpose"), Reads.PURPOSE),
            Column("outcome", Text("结果", "Outcome"), Reads.CHOICE),
        ),
    )
)
