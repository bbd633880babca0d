"""The journal events of the rulebook and the sentence of each."""

from shouxin.core.text import Text
from shouxin.journal.events import EventKind, events, words
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.purposes.queries import purpose_rule

SENTENCES = {
    "pack.loaded": Text(
        "载入规则包 {pack} {version}：新增 {created}，更新 {updated}，保留本单位修改 {kept}。",
        "Loaded rule pack {pack} {version}: {created} added, {updated} updated, {kept} left as set here.",
    ),
    "field.added": Text("新增字段 {field}，未启用。", "Added the field {field}, inactive."),
    "field.changed": Text("修改字段 {field}：{attributes}。", "Changed the field {field}: {attributes}."),
    "field.flag_decided": Text("判定字段 {field} 的标记 {flag} 为 {value}。", "Decided {flag} of {field}: {value}."),
    "field.activated": Text("启用字段 {field}。", "Activated the field {field}."),
    "field.deactivated": Text("停用字段 {field}。", "Deactivated the field {field}."),
    "field.level_raised": Text(
        "字段 {field} 的级别由 {from_level} 提高到 {to_level}，立即生效。",
        "Raised the level of {field} from {from_level} to {to_level}, at once.",
    ),
    "field.level_lowering_proposed": Text(
        "提出将字段 {field} 的级别由 {from_level} 降到 {to_level}，待第二人批准。",
        "Proposed to lower the level of {field} from {from_level} to {to_level}; a second approver is needed.",
    ),
    "field.level_lowering_rejected": Text(
        "未批准字段 {field} 的级别由 {from_level} 降到 {to_level}。",
        "Declined to lower the level of {field} from {from_level} to {to_level}.",
    ),
    "field.level_lowered": Text(
        "经两人批准，字段 {field} 的级别由 {from_level} 降到 {to_level}。",
        "Lowered the level of {field} from {from_level} to {to_level}, approved by two.",
    ),
    "purpose.drafted": Text("起草处理目的 {purpose}。", "Drafted the purpose {purpose}."),
    "purpose.edited": Text("修改处理目的 {purpose} 的草稿。", "Edited the draft of the purpose {purpose}."),
    "purpose.submitted": Text("提交处理目的 {purpose} 待审批。", "Submitted the purpose {purpose} for approval."),
    "purpose.returned": Text("退回处理目的 {purpose} 补充。", "Returned the purpose {purpose} to its drafter."),
    "purpose.approved": Text("批准处理目的 {purpose}。", "Approved the purpose {purpose}."),
    "purpose.activated": Text("启用处理目的 {purpose}。", "Activated the purpose {purpose}."),
    "purpose.revised": Text(
        "为修订而停止使用处理目的 {purpose}。", "Took the purpose {purpose} out of use for revision."
    ),
    "purpose.retired": Text("停用处理目的 {purpose}。", "Retired the purpose {purpose}."),
    "notice.drafted": Text("起草告知 {notice} 第 {number} 版。", "Drafted version {number} of the notice {notice}."),
    "notice.discarded": Text(
        "撤下未批准的告知 {notice} 第 {number} 版。", "Took back version {number} of the notice {notice}, not approved."
    ),
    "notice.approved": Text("批准告知 {notice} 第 {number} 版。", "Approved version {number} of the notice {notice}."),
}  # fmt: skip


def _field_name(value: object, language: str) -> str:
    rule = fields().get(str(value))
    return rule.name.in_(language) if rule else str(value)


def _purpose_name(value: object, language: str) -> str:
    rule = purpose_rule(str(value))
    return rule.name.in_(language) if rule else str(value)


def register() -> None:
    words.register("field", _field_name)
    words.register("purpose", _purpose_name)
    for name, sentence in SENTENCES.items():
        events.register(name, EventKind(name, sentence))
