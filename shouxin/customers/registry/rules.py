"""Pure rules of entering customers: which values are kept, marked or refused, and what the fields ask of each other."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import msgspec

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, Necessity, PurposeRule, Storage
from shouxin.core.text import Text

LONGEST = 4000  # characters of one value; longer texts belong into attachments
UNVERIFIED, WELL_FORMED, VERIFIED = 0, 1, 2  # 未核验, 格式通过, 已核验
# Either names the subject; which one depends on the kind of customer.
NAME_OF = {"person": "person_name", "organisation": "company_name"}
SUBJECT_OF = {"person": "natural", "organisation": "legal"}
# People's data by the dictionary, but they are known of an organisation only.
OF_ORGANISATIONS = frozenset({"legal_rep_name", "legal_rep_id", "beneficial_owner", "shareholder"})
OF_EITHER = frozenset({"both", "third person"})


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with one value; `refuses` tells whether the whole entry is turned away for it."""

    field: str
    code: str
    text: Text
    refuses: bool


class Kept(msgspec.Struct, frozen=True, gc=False):
    """A value to be stored, its mark and, when 未核验, the code of what is wrong with it."""

    text: str
    mark: int
    problem: str | None = None


@dataclass(slots=True)
class Checked:
    """The outcome for one record."""

    values: dict[str, Kept] = field(default_factory=dict)
    problems: list[CellProblem] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.problems)


def check_record(
    values: Mapping[str, str],
    *,
    record: str,
    subject: str | None,
    rules: Mapping[str, FieldRule],
    purpose: PurposeRule,
    today: date,
    keys: Collection[str] = (),
    partial: bool = False,
    required: Sequence[str] | None = None,
) -> Checked:
    """Check the `values` of one record (profile, contact, order…).

    Args:
        values: by field key; empty values count as absent.
        record: the kind of record; a field of another kind is a problem.
        subject: `person` or `organisation` for a profile, else None.
        rules: the catalogue.
        purpose: decides which fields are needed at all, and which are required.
        today: dates after it are impossible for past events.
        keys: fields that identify the customer; a wrong one refuses the entry.
        partial: an edit: fields not given stay as they are, so none is missing.
        required: what `required_fields` says for this record, when many are checked.
    """
    found = Checked()
    for key, given in values.items():
        text = given.strip()
        if text:
            _check_value(found, key, text, record, rules, purpose, today, keys)
    if not partial:
        for key in required_fields(record, subject, rules, purpose) if required is None else required:
            if key not in found.values and not any(p.field == key for p in found.problems):
                found.problems.append(_missing(rules[key]))
    return found


def required_fields(
    record: str, subject: str | None, rules: Mapping[str, FieldRule], purpose: PurposeRule
) -> list[str]:
    """The fields of `record` without which an entry for `purpose` is refused."""
    return [
        key
        for key, necessity in purpose.fields.items()
        if necessity is Necessity.REQUIRED
        and key in rules
        and rules[key].active
        and rules[key].record == record
        and stands_with(rules[key], subject)
    ]


def stands_with(rule: FieldRule, subject: str | None) -> bool:
    """Whether a field is asked of this kind of customer; records of a customer (None) are alike for both."""
    if subject is None:
        return True
    if rule.key in OF_ORGANISATIONS:
        return subject == "organisation"
    return rule.subject_type in OF_EITHER or rule.subject_type == SUBJECT_OF[subject]


def _check_value(
    found: Checked,
    key: str,
    text: str,
    record: str,
    rules: Mapping[str, FieldRule],
    purpose: PurposeRule,
    today: date,
    keys: Collection[str],
) -> None:
    rule = rules.get(key)
    problem = _not_storable(key, rule, record, purpose)
    if problem:
        found.problems.append(problem)
        return
    assert rule is not None  # noqa: S101 - told to the type checker; _not_storable answered the other case
    necessary = key in keys or purpose.fields.get(key) is Necessity.REQUIRED
    if "\x00" in text:
        found.problems.append(
            CellProblem(
                key,
                "value.nul",
                Text("含有不可存储的字符。", "Holds a character that cannot be stored."),
                True,
            )
        )
        return
    if len(text) > LONGEST:
        found.problems.append(
            CellProblem(
                key,
                "value.too-long",
                Text(f"超过 {LONGEST} 个字符。", f"Longer than {LONGEST} characters."),
                refuses=True,
            )
        )
        return
    wrong = identifiers.check(rule.validator, text, today=today) if rule.validator else None
    if wrong is None:
        found.values[key] = Kept(text, WELL_FORMED if rule.validator else UNVERIFIED)
    elif wrong.severity is identifiers.Severity.WARNING:
        found.values[key] = Kept(text, UNVERIFIED, wrong.code)
        found.problems.append(CellProblem(key, wrong.code, wrong.text, refuses=False))
    elif necessary:
        found.problems.append(CellProblem(key, wrong.code, wrong.text, refuses=True))
    else:
        found.values[key] = Kept(text, UNVERIFIED, wrong.code)
        found.problems.append(CellProblem(key, wrong.code, wrong.text, refuses=False))


def _not_storable(key: str, rule: FieldRule | None, record: str, purpose: PurposeRule) -> CellProblem | None:
    if rule is None or not rule.active or rule.record != record:
        return CellProblem(
            key, "field.unknown", Text("没有这个字段。", "There is no such field here."), refuses=True
        )
    if rule.storage is Storage.FORBIDDEN:
        return CellProblem(key, "field.forbidden", Text("不得存储。", "Must not be stored."), refuses=True)
    if key not in purpose.fields or (purpose.use is not None and purpose.use not in rule.uses):
        return CellProblem(
            key,
            "field.not-for-purpose",
            Text("所声明的目的不需要此字段。", "The declared purpose does not need this field."),
            refuses=True,
        )
    return None


def _missing(rule: FieldRule) -> CellProblem:
    return CellProblem(
        rule.key,
        "field.required",
        Text(f"缺少必填项“{rule.name.zh}”。", f"“{rule.name.en}” is required."),
        refuses=True,
    )


def kind_of(values: Mapping[str, str]) -> str:
    """Person or organisation, from which name is given."""
    return "organisation" if values.get("company_name", "").strip() else "person"


def changed_fields(before: Mapping[str, str], after: Mapping[str, str]) -> Sequence[str]:
    """The keys whose value differs, emptied ones included."""
    return sorted(key for key in after if before.get(key, "") != after[key].strip())
