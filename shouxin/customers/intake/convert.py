"""From a row of the file to values by field, with every problem at its cell. Pure: nothing is looked up or stored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.core.text import Text
from shouxin.customers.intake import agreeing
from shouxin.customers.intake.agreeing import Book, Given
from shouxin.customers.intake.mapping import CONTRACT_KEY, CUSTOMER_KEY, ORDER_KEY, SheetPlan
from shouxin.customers.intake.reading import UNTRUSTED, Flag, Row
from shouxin.customers.registry import rules as registry
from shouxin.customers.registry.rules import CellProblem, Kept

KEYS = (CUSTOMER_KEY, ORDER_KEY, CONTRACT_KEY)
KEY_OF = {"profile": CUSTOMER_KEY, "order": ORDER_KEY, "contract": CONTRACT_KEY}
RECORDS = ("profile", "contact", "order", "order_line", "contract", "interaction")
# Written out in one form, so that serial numbers, slashes and Chinese dates compare equal.
REMARKED = frozenset({Flag.FORMULA, Flag.CONTROL_MENDED, Flag.CONTROL_REMOVED})
NORMALISED = frozenset({"DATE", "PAST-DATE", "OPEN-DATE"})
FLAG_TEXTS = {
    Flag.FORMULA_WITHOUT_RESULT: Text(
        "公式没有存储结果，不会代为计算：请在表格软件中打开并保存，或改成数值。",
        "A formula without a stored result is not evaluated: "
        "open and save the file in a spreadsheet program, or type the value.",
    ),
    Flag.ERROR_VALUE: Text("单元格是错误值（如 #N/A）。", "The cell holds an error value (such as #N/A)."),
    Flag.PRECISION_LOST: Text(
        "数字超过 15 位，末尾数位已丢失：请把该列设为文本后重新填写。",
        "A number of more than 15 digits has lost its last ones: format the column as text and type it again.",
    ),
    Flag.FORMULA: Text("取自公式的存储结果，未核验。", "Taken from a formula's stored result; unverified."),
    Flag.CONTROL_MENDED: Text(
        "其中的控制字符已按 Windows-1252 换成文字，未核验。",
        "Control characters in it were read as Windows-1252 letters; unverified.",
    ),
    Flag.CONTROL_REMOVED: Text(
        "其中的空字符已去掉，未核验。", "NUL characters in it were left out; unverified."
    ),
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """A problem of one row: at a cell (0-based column) or of the row as a whole (None)."""

    column: int | None
    code: str
    text: Text
    refuses: bool
    field: str = ""


class Taken(NamedTuple):
    """A column that is taken in, and the one form in which its values are written out, if they have one."""

    number: int
    rule: FieldRule
    key: str
    record: str
    form: Callable[[str], str] | None


@dataclass(frozen=True, slots=True)
class Reader:
    """What a sheet's rows are read with: its plan, the catalogue, the purpose, and the day."""

    sheet: int
    plan: SheetPlan
    rules: Mapping[str, FieldRule]
    purpose: PurposeRule
    today: date
    columns: tuple[tuple[int, FieldRule], ...]
    taken: tuple[Taken, ...]  # the same, as rows are read by it
    places: Mapping[str, int]  # field -> column
    required: Mapping[tuple[str, str | None], list[str]]  # by record and subject
    checkings: Mapping[str, registry.Checking]
    consents: tuple[tuple[int, str], ...] = ()  # columns that tell of a consent
    book: Book | None = None  # what they are checked against, where the purpose rests on consent

    @classmethod
    def of(
        cls,
        sheet: int,
        plan: SheetPlan,
        rules: Mapping[str, FieldRule],
        purpose: PurposeRule,
        today: date,
        book: Book | None = None,
    ) -> "Reader":
        """A reader of `plan`, its fields looked up once."""
        told = tuple((number, key) for number, key in enumerate(plan.columns) if key in agreeing.KEYS)
        pairs = tuple(
            (number, rules[key])
            for number, key in enumerate(plan.columns)
            if key and key not in agreeing.KEYS
        )
        subjects = [("profile", kind) for kind in registry.NAME_OF]
        required = {
            (record, kind): registry.required_fields(record, kind, rules, purpose)
            for record, kind in [*subjects, *((record, None) for record in RECORDS)]
        }
        checkings = {record: registry.Checking(record, rules, purpose, today, KEYS) for record in RECORDS}
        taken = tuple(Taken(number, rule, rule.key, rule.record, _form_of(rule)) for number, rule in pairs)
        places = {rule.key: number for number, rule in pairs}
        return cls(sheet, plan, rules, purpose, today, pairs, taken, places, required, checkings, told, book)

    @property
    def shown(self) -> list[int]:
        """Every column that is taken in, in their order."""
        return sorted(
            [*(number for number, _rule in self.columns), *(number for number, _key in self.consents)]
        )


@dataclass(slots=True)
class Parsed:
    """One row as values by kind of record. `order_line` holds the line's own fields."""

    sheet: int
    number: int
    cells: tuple[str, ...]
    values: dict[str, dict[str, Kept]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)
    kind: str = "person"
    keys: dict[str, str] = field(default_factory=dict)  # numbers in the form in which they are unique
    consent: Given | None = None

    @property
    def refused(self) -> bool:
        return any(problem.refuses for problem in self.problems)

    @property
    def customer_key(self) -> str:
        return self.keys.get(CUSTOMER_KEY, "")

    @property
    def order_key(self) -> str:
        return self.keys.get(ORDER_KEY, "")


def parse(reader: Reader, row: Row, mended: Mapping[int, str]) -> Parsed:
    """The row's values, checked; `mended` are a person's corrections by column."""
    cells = _mended(row, mended)
    parsed = Parsed(reader.sheet, row.number, cells)
    if row.problem is not None:
        parsed.problems.append(
            RowProblem(row.problem.place.column, row.problem.code, row.problem.text, refuses=True)
        )
        return parsed
    texts: dict[str, dict[str, str]] = {}
    columns, flagged = reader.places, bool(row.flags)
    for number, rule, key, record, form in reader.taken:
        text = cells[number].strip()
        if flagged and _distrusted(parsed, row, number, rule, mended):
            continue
        if text:  # a formula without result is empty
            texts.setdefault(record, {})[key] = form(text) if form else text
    profile = texts.get("profile", {})
    parsed.kind = registry.kind_of(profile)
    for record in RECORDS:
        if record in texts or (record == "profile" and reader.plan.creates):
            _check(parsed, reader, record, texts.get(record, {}), columns)
    for record, key in KEY_OF.items():
        if kept := parsed.values.get(record, {}).get(key):
            parsed.keys[key] = identifiers.normalise(reader.rules[key].validator, kept.text)
    _ask_for_keys(parsed, columns)
    _ask_for_consent(parsed, reader, columns)
    _mark_flags(parsed, row, columns, mended)
    return parsed


def _ask_for_keys(parsed: Parsed, columns: Mapping[str, int]) -> None:
    """What belongs to an order needs its number, and an order in a file of customer numbers says whose it is."""
    missing = []
    if parsed.values.keys() & {"order", "order_line"} and not parsed.order_key:
        text = Text("有订单内容但没有订单编号。", "There is something of an order but no order number.")
        missing.append((ORDER_KEY, text))
    if "order" in parsed.values and CUSTOMER_KEY in columns and not parsed.customer_key:
        text = Text(
            "有订单但没有客户编号：绝不按姓名合并客户。",
            "There is an order but no customer number: customers are never merged by name.",
        )
        missing.append((CUSTOMER_KEY, text))
    for key, text in missing:
        if not any(problem.field == key and problem.refuses for problem in parsed.problems):
            parsed.problems.append(RowProblem(columns.get(key), "field.required", text, True, key))


def _ask_for_consent(parsed: Parsed, reader: Reader, columns: Mapping[str, int]) -> None:
    """Where the purpose rests on consent, the row says to what page somebody agreed, and brings nothing beyond it."""
    if reader.book is None:
        return
    places = {key: number for number, key in reader.consents}
    given, wrong = reader.book.read({key: parsed.cells[number] for key, number in places.items()})
    parsed.consent = given
    found = [(places.get(key), code) for key, code in wrong]
    if given is not None:
        brought = [key for values in parsed.values.values() for key in values]
        found += [(columns.get(key), "consent.not-asked") for key in brought if key not in given.fields]
        profile = {key: kept.text for key, kept in parsed.values.get("profile", {}).items()}
        if agreeing.is_child(profile, reader.today):
            found.append((None, "consent.child"))
    parsed.problems += [
        RowProblem(place, code, agreeing.PROBLEMS[code], refuses=True) for place, code in found
    ]


def _mended(row: Row, mended: Mapping[int, str]) -> tuple[str, ...]:
    if not mended:
        return row.cells
    cells = list(row.cells)
    for column, text in mended.items():
        if column < len(cells):
            cells[column] = text
    return tuple(cells)


def _distrusted(parsed: Parsed, row: Row, number: int, rule: FieldRule, mended: Mapping[int, str]) -> bool:
    """Whether the cell's text is not what its author meant; then the row is refused at this cell."""
    if number in mended or not row.flags:
        return False
    flags = row.flags.get(number, frozenset()) & UNTRUSTED
    for flag in sorted(flags):
        why = FLAG_TEXTS[flag]
        parsed.problems.append(RowProblem(number, f"cell.{flag.value}", why, refuses=True, field=rule.key))
    return bool(flags)


def _form_of(rule: FieldRule) -> Callable[[str], str] | None:
    return identifiers.normaliser(rule.validator) if rule.validator in NORMALISED else None


def _check(
    parsed: Parsed, reader: Reader, record: str, texts: Mapping[str, str], columns: Mapping[str, int]
) -> None:
    subject = parsed.kind if record == "profile" else None
    # Rows that only add to a customer who is there need not repeat the name.
    partial = record == "profile" and not reader.plan.creates
    checked = reader.checkings[record].check(texts, () if partial else reader.required[record, subject])
    parsed.values[record] = checked.values
    parsed.problems += [at_cell(problem, columns) for problem in checked.problems]


def at_cell(problem: CellProblem, columns: Mapping[str, int]) -> RowProblem:
    """A value's problem, placed at its column."""
    return RowProblem(columns.get(problem.field), problem.code, problem.text, problem.refuses, problem.field)


def _mark_flags(parsed: Parsed, row: Row, columns: Mapping[str, int], mended: Mapping[int, str]) -> None:
    """Results of formulas and texts that were mended while reading are kept, but as 未核验."""
    if not row.flags:
        return
    for values in parsed.values.values():
        for key, kept in list(values.items()):
            number = columns[key]
            flags = frozenset() if number in mended else row.flags.get(number, frozenset()) & REMARKED
            for flag in sorted(flags):
                code = f"cell.{flag.value}"
                values[key] = Kept(kept.text, registry.UNVERIFIED, kept.problem or code)
                parsed.problems.append(RowProblem(number, code, FLAG_TEXTS[flag], refuses=False, field=key))
