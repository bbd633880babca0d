"""Pure rules of collection forms: what keeps one from being published, and what an answer to one comes to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from shouxin.core.policy import FieldRule, Necessity, PurposeRule, PurposeStatus, Storage
from shouxin.core.text import Text
from shouxin.customers.registry import rules as registry
from shouxin.customers.registry.rules import CellProblem, Kept

PROFILE, CONTACT = "profile", "contact"
# What a form can ask; lines of orders and files have pages of their own.
ASKED = frozenset({PROFILE, CONTACT, "order", "contract", "interaction"})
KINDS = {
    "person": ("person",),
    "organisation": ("organisation",),
    "either": ("person", "organisation"),
}
MOST_FIELDS = 60
PIPL = "个人信息保护法"


@dataclass(frozen=True, slots=True)
class Asked:
    """One field as a version of a form asks it."""

    key: str
    label: Text
    help: Text
    reason: str
    necessity: Necessity
    mandatory: bool


@dataclass(frozen=True, slots=True)
class Content:
    """Everything a version says, as a person and a program are asked it."""

    form: UUID
    version: UUID
    number: int
    kind: str
    title: Text
    purpose: str
    subjects: str
    known_only: bool
    existing: str
    asked: tuple[Asked, ...]
    offers: tuple[str, ...] = ()  # purposes asked about beside the form's own

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of customers it asks."""
        return KINDS[self.subjects]

    @property
    def keys(self) -> frozenset[str]:
        return frozenset(one.key for one in self.asked)

    def asks(self, subject: str, fields: Mapping[str, FieldRule], *, known: bool = False) -> list[Asked]:
        """What is asked of this kind of customer, in its order; who is registered already need not say again who
        they are."""
        asked = [one for one in self.asked if one.key in fields and applies(fields[one.key], subject)]
        if not known:
            return asked
        return [replace(one, mandatory=False) if fields[one.key].record == PROFILE else one for one in asked]


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a version cannot be submitted or published: `field` names the field it turns on, if any."""

    code: str
    text: Text
    field: str = ""
    article: str = ""


def applies(rule: FieldRule, subject: str) -> bool:
    """Whether a field is asked of this kind of customer; contact persons are an organisation's."""
    if rule.record == PROFILE:
        return registry.stands_with(rule, subject)
    return rule.record != CONTACT or subject == "organisation"


def lacks(content: Content, fields: Mapping[str, FieldRule], purpose: PurposeRule | None) -> list[Lack]:
    """Everything that keeps a version from being published; empty when it may be."""
    found: list[Lack] = []
    if purpose is None or purpose.status is not PurposeStatus.ACTIVE:
        text = Text("所选的处理目的没有启用。", "The chosen purpose is not active.")
        return [Lack("purpose.inactive", text, article=f"{PIPL} 第6条")]
    if purpose.notice_version_id is None:
        text = Text("处理目的没有生效的告知版本。", "The purpose has no notice in force.")
        found.append(Lack("purpose.no-notice", text, article=f"{PIPL} 第17条"))
    if not content.asked:
        found.append(Lack("form.empty", Text("表单还没有字段。", "The form has no field yet.")))
    for one in content.asked:
        found += _lacks_of_field(one, fields.get(one.key), purpose, content)
    return found + _missing(content, fields, purpose)


def _lacks_of_field(one: Asked, rule: FieldRule | None, purpose: PurposeRule, content: Content) -> list[Lack]:
    zh, en = (rule.name.zh, rule.name.en) if rule else (one.key, one.key)
    if rule is None or not rule.active or rule.storage is Storage.FORBIDDEN:
        text = Text(f"“{zh}”：字段目录中没有启用，或不得存储。", f"“{en}”: not active, or not to be stored.")
        return [Lack("field.unknown", text, one.key)]
    if rule.record not in ASKED:
        text = Text(
            f"“{zh}”：订单明细和附件不能用表单收集。",
            f"“{en}”: lines of orders and files are not asked on forms.",
        )
        return [Lack("field.not-on-forms", text, one.key)]
    if one.key not in purpose.fields or (purpose.use is not None and purpose.use not in rule.uses):
        text = Text(
            f"“{zh}”没有列入目的“{purpose.name.zh}”：不需要的字段不得收集。",
            f"“{en}” is not bound to “{purpose.name.en}”: what is not needed may not be collected.",
        )
        return [Lack("field.not-for-purpose", text, one.key, f"{PIPL} 第6条")]
    found = []
    if not one.reason.strip():
        text = Text(f"“{zh}”没有写明必要性理由。", f"“{en}” has no written reason why it is needed.")
        found.append(Lack("field.no-reason", text, one.key, f"{PIPL} 第6条"))
    needed = purpose.fields[one.key]
    if one.necessity is Necessity.REQUIRED and needed is not Necessity.REQUIRED:
        text = Text(
            f"“{zh}”对目的“{purpose.name.zh}”只是可选的，不能标为必需或必填。",
            f"“{en}” is optional for “{purpose.name.en}”; it cannot be necessary or mandatory.",
        )
        found.append(Lack("field.not-necessary", text, one.key, f"{PIPL} 第16条"))
    if not any(applies(rule, kind) for kind in content.kinds):
        text = Text(f"“{zh}”不适用于所选的填写对象。", f"“{en}” does not fit whom the form asks.")
        found.append(Lack("field.wrong-subject", text, one.key))
    return found


def _missing(content: Content, fields: Mapping[str, FieldRule], purpose: PurposeRule) -> list[Lack]:
    """What the purpose requires of every record the form begins; it must be asked, and be mandatory."""
    records = {fields[key].record for key in content.keys if key in fields} & ASKED
    if content.known_only:
        records.discard(PROFILE)
    else:
        records.add(PROFILE)
    needed = {
        key
        for record in records
        for kind in content.kinds
        for key in registry.required_fields(record, kind if record == PROFILE else None, fields, purpose)
        if applies(fields[key], kind)
    }
    mandatory = {one.key for one in content.asked if one.mandatory}
    return [
        Lack(
            "field.required",
            Text(
                f"目的“{purpose.name.zh}”必须有“{fields[key].name.zh}”：请列入并设为必填。",
                f"“{purpose.name.en}” requires “{fields[key].name.en}”: ask it, and make it mandatory.",
            ),
            key,
        )
        for key in sorted(needed - mandatory)
    ]


@dataclass(slots=True)
class Judged:
    """An answer as it would be stored: values by kind of record, what is remarked and what is wrong with it."""

    values: dict[str, dict[str, Kept]] = field(default_factory=dict)
    remarks: list[CellProblem] = field(default_factory=list)
    errors: list[CellProblem] = field(default_factory=list)

    @property
    def profile(self) -> dict[str, Kept]:
        return self.values.get(PROFILE, {})


def judge(
    content: Content,
    values: Mapping[str, str],
    *,
    subject: str,
    fields: Mapping[str, FieldRule],
    purpose: PurposeRule,
    today: date,
    identifying: Sequence[str] = (),
    known: bool = False,
) -> Judged:
    """Check the answers of one customer; what is optional and left empty is no problem.

    `values` hold declared fields alone (see `undeclared`).
    """
    found = Judged()
    asked = content.asks(subject, fields, known=known)
    mandatory = {one.key for one in asked if one.mandatory}
    by_record: dict[str, dict[str, str]] = {}
    for one in asked:
        by_record.setdefault(fields[one.key].record, {})[one.key] = values.get(one.key, "")
    for key in sorted(
        {key for key in values if values[key].strip()} - {k for r in by_record.values() for k in r}
    ):
        text = Text("这类客户不填此项。", "This is not asked of this kind of customer.")
        found.errors.append(CellProblem(key, "field.wrong-subject", text, refuses=True))
    for record, given in by_record.items():
        checked = registry.check_record(
            given,
            record=record,
            subject=subject if record == PROFILE else None,
            rules=fields,
            purpose=purpose,
            today=today,
            keys=identifying,
            required=[key for key in given if key in mandatory],
        )
        if checked.values:
            found.values[record] = checked.values
        for problem in checked.problems:
            (found.errors if problem.refuses else found.remarks).append(problem)
    return found
