"""What is kept here about customers: the forms they were asked on."""

from shouxin.core.text import Text
from shouxin.customers.collection.models import FormDraft, Submission
from shouxin.kit.holdings import Column, Reads, Table, Why, register

_FORM = Column(
    "form",
    Text("表单", "Form"),
    sql="(SELECT v.title_zh FROM collection_form_version v WHERE v.id = r.version_id)",
)
register(
    Table(
        Submission,
        Text("填过的收集表单", "Forms you were asked on"),
        Why(
            Text("您或工作人员填写", "Filled in by you or by staff"),
            Text("说明信息是怎样收集的", "To show how information was collected"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            _FORM,
            Column("at", Text("时间", "At"), Reads.MOMENT),
            Column("method", Text("方式", "By"), Reads.CHOICE),
            Column("paper_on", Text("纸质日期", "Date on the paper"), Reads.DAY),
        ),
    )
)
register(
    Table(
        FormDraft,
        Text("没有提交的收集表单", "Collection forms begun and not sent"),
        Why(
            Text("工作人员填写时保存", "Kept while staff filled it in"),
            Text("接着填写", "To go on filling it in"),
            Text("到期自动删除", "Deleted when it runs out"),
        ),
        (
            _FORM,
            Column("saved_at", Text("保存时间", "Kept at"), Reads.MOMENT),
            Column("expires_at", Text("删除时间", "Deleted at"), Reads.MOMENT),
        ),
    )
)
