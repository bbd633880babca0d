"""What is kept here about customers: the receipts of forms they sent on a public page."""

from shouxin.core.text import Text
from shouxin.customers.public_forms.models import PublicSubmission
from shouxin.kit.holdings import Column, Reads, Table, Why, register

register(
    Table(
        PublicSubmission,
        Text("您在公开页面填写的表单的回执", "Receipts of forms you sent on a public page"),
        Why(
            Text("您自己在公开页面或网站上填写", "Filled in by you on a public page or web site"),
            Text("凭回执编号找到您填写的内容", "To find what you sent by its receipt number"),
            Text("客户关系终止后 3 年", "3 years after the end of the relationship"),
        ),
        (
            Column("number", Text("回执编号", "Receipt number")),
            Column("at", Text("时间", "At"), Reads.MOMENT),
        ),
    )
)
