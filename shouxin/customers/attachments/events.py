"""What happens to attachments, as the journal tells it: ids, kinds and sizes, never a file's name."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.customers.attachments.models import Kind
from shouxin.journal.events import EventKind, events, words

for _name, _zh, _en in (
    (
        "attachment.added",
        "上传附件（{attached_as}，第 {version} 版），目的 {purpose}",
        "Attached a file ({attached_as}, version {version}), purpose {purpose}",
    ),
    (
        "attachment.removed",
        "移除附件（{attached_as}），封存待销毁",
        "Took an attachment from use ({attached_as}); it stays sealed until it is destroyed",
    ),
    (
        "attachment.destroyed",
        "销毁附件（{attached_as}），共 {versions} 个版本",
        "Destroyed an attachment ({attached_as}), {versions} versions",
    ),
    (
        "attachment.virus_found",
        "拒收附件（{attached_as}）：病毒扫描发现恶意内容",
        "Refused a file ({attached_as}): the virus scanner found something",
    ),
    (
        "attachment.altered",
        "附件（{attached_as}）与存入时不符，没有打开",
        "An attachment ({attached_as}) is not what was stored; it was not opened",
    ),
    (
        "attachment.moved",
        "移动附件密文 {count} 份，另有 {missing} 份内容丢失",
        "Moved {count} sealed files of attachments; the content of {missing} is missing",
    ),
    (
        "attachment.checked",
        "检查附件 {files} 份：丢失 {missing}，不符 {altered}，无主 {orphaned}",
        "Checked {files} files of attachments: {missing} missing, {altered} altered, {orphaned} orphaned",
    ),
    (
        "attachment.swept",
        "清除附件密文 {count} 份：不属于任何附件，或密钥已销毁",
        "Swept {count} sealed files that belong to no attachment or whose keys are destroyed",
    ),
):
    events.register(_name, EventKind(_name, Text(_zh, _en)))


def attached_as(value: object, language: str) -> str:
    """The kind of an attachment by its name."""
    with override(language):
        return str(Kind(value).label) if value in Kind.values else str(value)


words.register("attached_as", attached_as)
