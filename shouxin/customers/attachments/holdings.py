"""What is kept here about customers: files."""

from shouxin.core.text import Text
from shouxin.customers.attachments.models import Attachment, StoredFile
from shouxin.kit.holdings import Column, Reads, Table, Why, is_technical, register

is_technical(StoredFile, "the sealed bytes of an attachment, told by the attachment")
register(
    Table(
        Attachment,
        Text("附件", "Files"),
        Why(
            Text("您提供，或工作人员扫描、上传", "Given by you, or scanned and uploaded by staff"),
            Text("办理相应业务的凭证", "Evidence for the business it belongs to"),
            Text("与所附业务信息相同", "As long as the information it belongs to"),
        ),
        (
            Column("kind", Text("种类", "Kind"), Reads.CHOICE),
            Column("media_type", Text("格式", "Format")),
            Column("size", Text("字节", "Bytes")),
            Column("pages", Text("页数", "Pages")),
            Column("state", Text("状态", "State"), Reads.CHOICE),
            Column("added_at", Text("添加时间", "Added"), Reads.MOMENT),
            Column("ended_at", Text("移除时间", "Removed"), Reads.MOMENT),
        ),
    )
)
