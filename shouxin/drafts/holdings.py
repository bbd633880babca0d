"""What is kept here about customers: forms about them that staff began and did not send."""

from shouxin.core.text import Text
from shouxin.drafts.models import Draft
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        Draft,
        Text("没有提交的表单", "Forms begun and not sent"),
        Why(
            Text("工作人员填写时自动保存", "Kept by itself while staff typed"),
            Text("接着填写", "To go on typing"),
            Text("7 天后自动删除", "Deleted after 7 days"),
        ),
        (
            Column("saved_at", Text("保存时间", "Kept at"), Reads.MOMENT),
            Column("expires_at", Text("删除时间", "Deleted at"), Reads.MOMENT),
        ),
    )
)
