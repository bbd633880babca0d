"""Pure rules of entering customers: which values are kept, marked or refused, and what the fields ask of each other."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

import msgspec

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, Necessity, PurposeRule, Storage
from shouxin.core.text import Text

DISTINCT = 32  # values of a column that are remembered for a batch
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
    checking = Checking(record, rules, purpose, today, keys)
    if partial:
        return checking.check(values)
    return checking.check(
        values, required_fields(record, subject, rules, purpose) if required is None else required
    )


class Checking:
    """Checks records of one kind, as `check_record` says; what depends on the field alone is worked out once."""

    def __init__(
        self,
        record: str,
        rules: Mapping[str, FieldRule],
        purpose: PurposeRule,
        today: date,
        keys: Collection[str] = (),
    ) -> None:
        self._record, self._rules, self._purpose = record, rules, purpose
        self._today, self._keys = today, keys
        self._known: dict[str, _Column] = {}

    def forget(self) -> None:
        """To be called at the end of a batch: no value is remembered beyond it."""
        self._known.clear()

    def check(self, values: Mapping[str, str], required: Sequence[str] = ()) -> Checked:
        """The outcome for one record, of which the `required` fields must be there."""
        found = Checked()
        kept, known, today = found.values, self._known, self._today
        for key, given in values.items():
            text = given.strip()
            if not text:
                continue
            column = known.get(key)
            if column is None:
                column = known[key] = self._column(key)
            met = column.met
            if text in met:  # judged on the same day by the same rule
                kept[key] = met[text]
                continue
            wrong = column.obstacle or (
                _unstorable(key, text) if "\x00" in text or len(text) > LONGEST else None
            )
            if wrong is not None:
                found.problems.append(wrong)
                continue
            problem = column.judge(text, today) if column.judge else None
            if problem is None:
                one = kept[key] = Kept(text, column.mark)
                if len(met) < DISTINCT:
                    met[text] = one
            else:
                _note(found, key, text, problem, necessary=column.necessary)
        for key in required:
            if key not in kept and not any(p.field == key for p in found.problems):
                found.problems.append(_missing(self._rules[key]))
        return found

    def _column(self, key: str) -> "_Column":
        rule = self._rules.get(key)
        obstacle = _not_storable(key, rule, self._record, self._purpose)
        necessary = key in self._keys or self._purpose.fields.get(key) is Necessity.REQUIRED
        judge = identifiers.checker(rule.validator) if rule and rule.validator and not obstacle else None
        return _Column(obstacle, necessary, judge, WELL_FORMED if judge else UNVERIFIED, {})


class _Column(NamedTuple):
    """What is known of a field's values before one is looked at."""

    obstacle: CellProblem | None
    necessary: bool
    judge: Callable[[str, date], identifiers.Problem | None] | None
    mark: int
    met: dict[
        str, Kept
    ]  # the first values without a fault: sexes, kinds of document, levels come again and again


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


def _unstorable(key: str, text: str) -> CellProblem:
    if "\x00" in text:
        why = Text("含有不可存储的字符。", "Holds a character that cannot be stored.")
        return CellProblem(key, "value.nul", why, refuses=True)
    why = Text(f"超过 {LONGEST} 个字符。", f"Longer than {LONGEST} characters.")
    return CellProblem(key, "value.too-long", why, refuses=True)


def _note(found: Checked, key: str, text: str, wrong: identifiers.Problem, *, necessary: bool) -> None:
    """A faulty value is kept, unverified and remarked on; where it is necessary, an error refuses the entry."""
    refuses = necessary and wrong.severity is not identifiers.Severity.WARNING
    if not refuses:
        found.values[key] = Kept(text, UNVERIFIED, wrong.code)
    found.problems.append(CellProblem(key, wrong.code, wrong.text, refuses=refuses))


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
