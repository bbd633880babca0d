"""What happens to import batches, as the journal tells it; never a value or a heading of the file."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.registry.models import Source
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    ("batch.uploaded", "上传待导入的文件（密封保存）", "Uploaded a file to import (kept sealed)"),
    (
        "batch.declared",
        "声明导入批次：目的 {purpose}，渠道 {channel}，来源 {source}",
        "Declared an import batch: {purpose}, {channel}, {source}",
    ),
    (
        "batch.checked",
        "检查待导入的文件：{rows} 行，将拒绝 {refused} 行",
        "Checked a file to import: {rows} rows, {refused} would be refused",
    ),
    ("batch.started", "开始导入：{rows} 行", "Started an import of {rows} rows"),
    ("batch.paused", "暂停导入：已处理 {rows} 行", "Paused the import after {rows} rows"),
    (
        "batch.left_behind",
        "上传人离岗或调岗，导入停在 {rows} 行，待接手",
        "The importer left or moved; the import stands still after {rows} rows",
    ),
    (
        "batch.taken_over",
        "接手 {staff} 的导入，已处理 {rows} 行",
        "Took over the import of {staff} after {rows} rows",
    ),
    ("batch.failed", "导入中止：{code}", "The import stopped: {code}"),
    (
        "batch.imported",
        (
            "导入完成：读 {rows} 行，新建 {created}，更新 {updated}，并入 {merged}，"
            "待审核 {waiting}，拒绝 {refused}，丢弃 {dropped}"
        ),
        (
            "Read {rows} rows: {created} created, {updated} updated, {merged} merged, "
            "{waiting} to be reviewed, {refused} refused, {dropped} dropped"
        ),
    ),
    ("batch.rows_shown", "查看自己上传的待导入文件 {count} 行", "Looked at {count} rows of the own upload"),
    (
        "batch.ended",
        "提前结束导入：已处理 {rows} 行，其余不再导入",
        "Ended the import after {rows} rows; the rest is not imported",
    ),
    ("batch.cancelled", "取消导入批次，文件已销毁", "Cancelled an import batch; the file is destroyed"),
    ("batch.accepted", "核准外部来源的批次", "Accepted the source of a batch from outside"),
    (
        "batch.confirmed",
        "部门确认导入批次：{count} 位客户",
        "The department confirmed a batch: {count} customers",
    ),
    (
        "batch.rejected",
        "驳回导入批次并销毁 {count} 位客户的数据",
        "Rejected a batch; the data of {count} customers is destroyed",
    ),
    ("batch.refusals_downloaded", "下载被拒绝的 {count} 行", "Downloaded {count} refused rows"),
    ("batch.refusals_destroyed", "销毁批次中被拒绝的行", "Destroyed the refused rows of a batch"),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def source_name(value: object, language: str) -> str:
    """Whether data come from inside or outside, by its name."""
    with override(language):
        return str(Source(value).label) if value in Source.values else str(value)


words.register("source", source_name)
