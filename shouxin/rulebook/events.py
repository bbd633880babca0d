"""The journal events of the rulebook and the sentence of each."""

from django.utils.translation import override

from shouxin.core.text import Text
from shouxin.gate.naming import nameable
from shouxin.journal.events import EventKind, events, words
from shouxin.rulebook.catalogue.models import Field
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.purposes.queries import notice_title, purpose_rule

SENTENCES = {
    "pack.loaded": Text(
        "载入规则包 {pack} {version}：新增 {created}，更新 {updated}，保留本单位修改 {kept}。",
        "Loaded rule pack {pack} {version}: {created} added, {updated} updated, {kept} left as set here.",
    ),
    "pack.proved": Text(
        "证明规则包 {pack} {version} 没有放宽：比较 {compared} 项，从严 {tightened} 项，放宽 {loosened} 项。",
        "Proved that rule pack {pack} {version} loosened nothing: {compared} compared, {tightened} tightened, "
        "{loosened} loosened.",
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
    "field.class_raised": Text(
        "字段 {field} 由{from_class}（{from_level} 级）改为{to_class}（{to_level} 级），立即生效。",
        "Raised {field} from {from_class} (level {from_level}) to {to_class} (level {to_level}), at once.",
    ),
    "field.sealed": Text(
        "字段 {field} 的明文值已全部加密：{customers} 名客户，其中 {removed} 名无权保留而删除；明文剩余 {left}。",
        "Sealed all that {field} had in clear: {customers} customers, {removed} of them removed with no right to "
        "keep; {left} left in clear.",
    ),
    "field.level_lowering_proposed": Text(
        "提出将字段 {field} 由{from_class}（{from_level} 级）放宽为{to_class}（{to_level} 级），待另外两人批准。",
        "Proposed to lower {field} from {from_class} (level {from_level}) to {to_class} (level {to_level}); two others "
        "must approve.",
    ),
    "field.level_lowering_seconded": Text(
        "第一位批准人同意将字段 {field} 由 {from_level} 级放宽为 {to_level} 级，待第二位。",
        "Approved, as the first of two, to lower {field} from level {from_level} to {to_level}.",
    ),
    "field.level_lowering_withdrawn": Text(
        "撤回将字段 {field} 由 {from_level} 级放宽为 {to_level} 级的申请。",
        "Took back the proposal to lower {field} from level {from_level} to {to_level}.",
    ),
    "field.level_lowering_rejected": Text(
        "未批准将字段 {field} 由{from_class}（{from_level} 级）放宽为{to_class}（{to_level} 级）。",
        "Declined to lower {field} from {from_class} (level {from_level}) to {to_class} (level {to_level}).",
    ),
    "field.level_lowered": Text(
        "经申请人以外两人批准，字段 {field} 由{from_class}（{from_level} 级）放宽为{to_class}（{to_level} 级）。",
        "Lowered {field} from {from_class} (level {from_level}) to {to_class} (level {to_level}), approved by two "
        "others.",
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
    if rule and not nameable(rule.key):
        return Text("一个字段", "a field").in_(language)
    return rule.name.in_(language) if rule else str(value)


def _purpose_name(value: object, language: str) -> str:
    rule = purpose_rule(str(value))
    return rule.name.in_(language) if rule else str(value)


def _notice_title(value: object, language: str) -> str:
    title = notice_title(str(value))
    if title is None:
        return str(value)
    return Text(f"《{title.zh}》", f"“{title.en}”").in_(language)


def _class_name(value: object, language: str) -> str:
    with override(language):
        return str(Field.ExposureClass(value).label) if value in Field.ExposureClass.values else str(value)


def register() -> None:
    words.register("field", _field_name)
    words.register("from_class", _class_name)
    words.register("to_class", _class_name)
    words.register("purpose", _purpose_name)
    words.register("notice", _notice_title)
    for name, sentence in SENTENCES.items():
        events.register(name, EventKind(name, sentence))
