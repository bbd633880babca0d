"""What a customer's rows come to: one entry for the register, and one outcome for each row. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from shouxin.core.text import Text
from shouxin.customers.intake.convert import KEY_OF, Parsed, RowProblem
from shouxin.customers.intake.mapping import CUSTOMER_KEY
from shouxin.customers.intake.models import Existing
from shouxin.customers.registry.entries import RecordEntry
from shouxin.customers.registry.models import RecordKind
from shouxin.customers.registry.rules import LONGEST, UNVERIFIED, Kept

KEYED = (RecordKind.ORDER, RecordKind.CONTRACT)
IDENTIFYING = frozenset({"person_name", "company_name", "id_number", "uscc"})  # two of them are two customers
ORDER_LINES = 10_000  # of one order: more come from a wrong column
ASIDE = "；"  # between the differing values of one order


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    MERGED = "merged"
    WAITING = "waiting"  # from outside, of a customer that is there already: a person reviews it
    REFUSED = "refused"
    DROPPED = "dropped"


REASONS = {
    "row.order-of-several": Text(
        "这个订单编号在文件中属于几个客户，无法确定是谁的：请在该表中加上客户编号列。",
        "Several customers of the file hold this order number: add a column with customer numbers to this sheet.",
    ),
    "row.order-unknown": Text(
        "文件的其他表中没有这个订单编号。", "No other sheet of the file holds this order number."
    ),
    "row.no-customer": Text(
        "没有这个客户编号的客户，而此表没有姓名或单位名称列。",
        "There is no customer with this number, and the sheet has no column with names.",
    ),
    "row.not-yours": Text(
        "这个客户编号已被占用，且不在您可以修改的范围内：请联系该客户的归口部门。",
        "This customer number is taken by a customer you may not change: ask the department that owns it.",
    ),
    "row.merged": Text(
        "这个客户编号的档案已并入另一位客户：请改用保留的那份的客户编号。",
        "The customer of this number was merged into another one: use the number of the one that stands.",
    ),
    "row.external-existing": Text(
        "外部提供的联系人、订单、合同和往来不会并入已有客户：只有客户本身的信息可以提交审核。",
        "Contacts, orders, contracts and interactions from outside are not merged into customers that are there;"
        " only values of the customer itself are put up for review.",
    ),
    "row.kind-differs": Text(
        "同一客户编号的客户类型（个人/单位）不同。", "The customer of this number is of the other kind."
    ),
    "row.clash": Text(
        "同一客户编号在前面的行中是另一个值：请改正，或分为两个客户编号。",
        "An earlier row of the same customer number has another value: correct it or use two numbers.",
    ),
    "row.line-differs": Text(
        "同一订单的这个行号前面已有不同的内容。",
        "An earlier row gives this line number of the order another content.",
    ),
    "row.first-stays": Text(
        "同一客户编号在前面的行中是另一个值：保留前面的，标为未核验，此行的不入库。",
        "An earlier row of this customer number has another value: that one stays, unverified; this one is left out.",
    ),
    "row.too-much": Text(
        "同一订单的明细或不同的值太多：请检查订单编号列是否选对。",
        "Too many lines or differing values for one order: check that the right column holds the order number.",
    ),
    "row.dropped": Text("导入前已选择不导入此行。", "Left out by choice before the import."),
    "row.nothing-new": Text(
        "没有新内容（与已有的不同之处按选择未改动）。",
        "Nothing in it is new; what differs from the register was left as it is, by choice.",
    ),
    "row.existing-skipped": Text(
        "客户已存在，按选择跳过。", "The customer is there already; skipped by choice."
    ),
    "row.differs": Text(
        "同一订单的其他行有不同的值，已全部保留，未核验。",
        "Other rows of the order differ; all values are kept, unverified.",
    ),
}


@dataclass(slots=True)
class HeldRecord:
    """A record that is in the register already: its values as text, an order's lines one by one."""

    id: UUID
    kind: str
    values: dict[str, str]
    lines: list[dict[str, str]] = field(default_factory=list)
    key: str = ""  # its number in the form in which it is unique
    marks: dict[str, int] = field(default_factory=dict)  # of the lines, by field
    problems: dict[str, str | None] = field(default_factory=dict)  # and what is wrong with one of them
    compared: frozenset[str] = frozenset()  # fields by which lines without a number are told apart
    ours: bool = False  # begun by this very batch: an equal line of the file is one more, not the same again


@dataclass(slots=True)
class Held:
    """A customer that is in the register already. `ours`: this very batch created it."""

    id: UUID
    kind: str
    writable: bool
    ours: bool
    merged: bool = False  # into another customer, which has a number of its own
    values: dict[str, str] = field(default_factory=dict)
    records: list[HeldRecord] = field(default_factory=list)


@dataclass(slots=True)
class _Order:
    """An order or contract in the making."""

    kind: RecordKind
    held: HeldRecord | None
    values: dict[str, Kept] = field(default_factory=dict)
    lines: list[dict[str, Kept]] = field(default_factory=list)
    line_keys: set[str] = field(default_factory=set)  # fields of lines taken from this file
    changed: bool = False
    numbers: dict[str, int] = field(default_factory=dict)  # line number → its place among the lines
    brings: bool = False  # whether the file has fields of lines that the held ones lack altogether
    standing: dict[str, list[int]] = field(default_factory=dict)  # held lines without a number, by content


@dataclass(slots=True)
class Assembled:
    """`outcomes` are in the order of the rows; `profile` and `records` hold only what is new or changed."""

    outcomes: list[Outcome] = field(default_factory=list)
    kind: str = "person"
    profile: dict[str, Kept] = field(default_factory=dict)
    records: list[RecordEntry] = field(default_factory=list)

    @property
    def stored(self) -> bool:
        return bool(self.profile or self.records) or Outcome.CREATED in self.outcomes


class Assembler:
    """Puts the rows of one customer together. Use once: `Assembler(held, existing, external).run(rows)`."""

    def __init__(self, held: Held | None, existing: Existing, *, external: bool) -> None:
        self._held, self._existing, self._external = held, existing, external
        # Profile values of this file, those stored of it already among them.
        begun = held.values if held and held.ours else {}
        self._first = {key: Kept(text, UNVERIFIED) for key, text in begun.items()}
        self._new_profile: dict[str, Kept] = {}
        self._orders: dict[tuple[str, str], _Order] = {}
        self._others: list[tuple[RecordKind, dict[str, Kept]]] = []
        self._kind = held.kind if held else ""

    def run(self, rows: Sequence[Parsed]) -> Assembled:
        """The outcome of every row; a refused or dropped row gains the reason among its problems."""
        done = Assembled()
        begun = False
        for row in rows:
            outcome = self._outcome(row, begun=begun)
            begun = begun or outcome in {Outcome.CREATED, Outcome.UPDATED}
            done.outcomes.append(outcome)
        done.kind = self._kind or "person"
        done.profile = self._new_profile
        done.records = [_entry(order) for order in self._orders.values() if order.changed]
        done.records += [RecordEntry(kind, values) for kind, values in self._others]
        return done

    @property
    def _skips(self) -> bool:
        return self._held is not None and not self._held.ours and self._existing is Existing.SKIP

    def _outcome(self, row: Parsed, *, begun: bool) -> Outcome:
        problem = None if row.refused else self._obstacle(row, begun=begun)
        if problem:
            _note(row, problem, refuses=True)
        if row.refused:
            return Outcome.REFUSED
        if self._skips:
            _note(row, "row.existing-skipped", refuses=False)
            return Outcome.DROPPED
        new = self._take(row)
        if self._held is None and not begun:
            self._kind = self._kind or row.kind
            return Outcome.CREATED
        if not new:
            _note(row, "row.nothing-new", refuses=False)
            return Outcome.DROPPED
        if self._external and self._held and not self._held.ours:
            return Outcome.WAITING
        return Outcome.MERGED if begun or (self._held and self._held.ours) else Outcome.UPDATED

    def _obstacle(self, row: Parsed, *, begun: bool) -> str:
        """Why the row cannot be taken, by code; "" when it can. Looks only, takes nothing."""
        held = self._held
        names = row.values.get("profile", {}).keys() & {"person_name", "company_name"}
        if held is None and not begun and not names:
            return "row.no-customer"
        if held and not held.ours:
            if not held.writable:
                return "row.not-yours"
            if self._external and row.values.keys() - {"profile"}:
                return "row.external-existing"
            if held.merged:
                return "row.merged"
        if names and self._kind and row.kind != self._kind:
            return "row.kind-differs"
        if self._skips:  # not compared with what is held
            return ""
        if clash := self._clash(row):
            _note(row, "row.clash", refuses=True, field_key=clash)
            return ""
        return self._order_obstacle(row)

    def _clash(self, row: Parsed) -> str:
        """The first profile field that contradicts an earlier row of the same customer number, by what identifies
        the customer; another differing value only gains a remark, because it must not cost the row."""
        before, ours = self._first, self._held is not None and self._held.ours
        differing = [
            key
            for key, kept in row.values.get("profile", {}).items()
            if key != CUSTOMER_KEY and key in before and not _same(before[key].text, kept.text)
        ]
        for key in differing:
            if key in IDENTIFYING:
                return key
        for key in differing:
            _note(row, "row.first-stays", refuses=False, field_key=key)
            if ours or key in self._new_profile:
                self._new_profile[key] = Kept(before[key].text, UNVERIFIED, "row.first-stays")
        return ""

    def _order_obstacle(self, row: Parsed) -> str:
        """What of the row's order or contract cannot be put beside what is there."""
        for kind in KEYED:
            values = row.values.get(kind.value, {})
            order = self._standing(row, kind) if values else None
            if order and any(len(_joined(order.values.get(k), v)) > LONGEST for k, v in values.items()):
                return "row.too-much"
        line = row.values.get("order_line")
        if not line:
            return ""
        order = self._standing(row, RecordKind.ORDER)
        place = order.numbers.get(line["line_no"].text) if "line_no" in line else None
        if place is None:
            return "row.too-much" if len(order.lines) >= ORDER_LINES else ""
        standing = order.lines[place]
        differs = any(key in standing and standing[key].text != kept.text for key, kept in line.items())
        return "row.line-differs" if differs and not self._replaces(order) else ""

    def _standing(self, row: Parsed, kind: RecordKind) -> _Order:
        """The order or contract of the row as it stands before the row is taken."""
        key = _number(row, kind)
        return self._orders.get((kind.value, key)) or self._begin(kind, key)

    def _replaces(self, order: _Order) -> bool:
        held = order.held
        return held is not None and not held.ours and self._existing is Existing.REPLACE

    def _take(self, row: Parsed) -> bool:
        """Put the row's values in; tells whether anything in it is new."""
        new = self._take_profile(row.values.get("profile", {}))
        for kind in KEYED:
            if values := row.values.get(kind.value):
                new = self._take_keyed(row, kind, values) or new
        for kind in (RecordKind.CONTACT, RecordKind.INTERACTION):
            if (values := row.values.get(kind.value)) and not self._known(kind, values):
                self._others.append((kind, values))
                new = True
        return new

    def _take_profile(self, values: Mapping[str, Kept]) -> bool:
        new = False
        for key, kept in values.items():
            if key in self._first:
                continue
            self._first[key] = kept
            standing = self._held.values.get(key) if self._held else None
            if standing is None or (not _same(standing, kept.text) and self._existing is Existing.REPLACE):
                self._new_profile[key] = kept
                new = True
        return new

    def _known(self, kind: RecordKind, values: Mapping[str, Kept]) -> bool:
        texts = _texts(values)
        held = self._held.records if self._held else []
        return any(r.kind == kind and texts.items() <= r.values.items() for r in held) or any(
            k is kind and _texts(v) == texts for k, v in self._others
        )

    def _take_keyed(self, row: Parsed, kind: RecordKind, values: Mapping[str, Kept]) -> bool:
        key = _number(row, kind)
        order = self._orders.get((kind.value, key))
        if order is None:
            order = self._orders[kind.value, key] = self._begin(kind, key)
        new = self._fill(row, order, values)
        line = row.values.get("order_line") if kind is RecordKind.ORDER else None
        if line:
            new = self._add_line(order, line) or new
        order.changed = order.changed or new
        return new

    def _begin(self, kind: RecordKind, key: str) -> _Order:
        """The record of this number, with what the register holds of it."""
        held = self._held.records if self._held else []
        found = next((r for r in held if r.kind == kind and r.key == key), None)
        order = _Order(kind, found, changed=found is None)
        for line in found.lines if found else []:
            kept = {
                name: Kept(text, found.marks.get(name, UNVERIFIED), found.problems.get(name))
                for name, text in line.items()
                if found and text
            }
            if "line_no" in kept:
                order.numbers[kept["line_no"].text] = len(order.lines)
            elif found and not found.ours:
                compared = {name: value for name, value in kept.items() if name in found.compared}
                order.standing.setdefault(_content(compared), []).append(len(order.lines))
            order.lines.append(kept)
        order.brings = bool(found and found.compared - {name for line in order.lines for name in line})
        return order

    def _fill(self, row: Parsed, order: _Order, values: Mapping[str, Kept]) -> bool:
        new = order.changed and not order.values
        for key, kept in values.items():
            standing = order.held.values.get(key) if order.held else None
            if key == KEY_OF[order.kind] and (standing is not None or key in order.values):
                continue  # one number, however each row spells it
            before = order.values.get(key)
            if before is None and standing is not None and order.held and order.held.ours:
                before = Kept(standing, UNVERIFIED)  # of this very file
            if before is None:
                if standing is None or (
                    not _among(kept.text, standing) and self._existing is Existing.REPLACE
                ):
                    order.values[key] = kept
                    new = True
            elif (both := _joined(before, kept)) != before.text:
                # Nothing is lost: what differs from row to row of one order stands side by side, unverified.
                order.values[key] = Kept(both, UNVERIFIED, "row.differs")
                _note(row, "row.differs", refuses=False, field_key=key)
                new = True
        return new

    def _add_line(self, order: _Order, line: dict[str, Kept]) -> bool:
        number = line.get("line_no")
        if number is not None:
            place = order.numbers.get(number.text)
            if place is not None:
                if _texts(line).items() <= _texts(order.lines[place]).items():
                    return False
                order.lines[place] = {**order.lines[place], **line}
                order.line_keys |= line.keys()
                return True
            order.numbers[number.text] = len(order.lines)
        elif places := order.standing.get(_content(line)):
            places.pop(0)
            return False
        elif (place := _begun(order, line)) is not None:
            order.lines[place] = {**order.lines[place], **line}
            order.line_keys |= line.keys()
            return True
        order.lines.append(line)
        order.line_keys |= line.keys()
        return True


def lines_of(columns: Mapping[str, str]) -> list[dict[str, str]]:
    """An order's stored lists, one per line field as JSON, turned into lines."""
    lists = {key: json.loads(text) for key, text in columns.items()}
    length = max(map(len, lists.values()), default=0)
    return [
        {key: column[n] if n < len(column) else "" for key, column in lists.items()} for n in range(length)
    ]


def _entry(order: _Order) -> RecordEntry:
    values = dict(order.values)
    for key in sorted(order.line_keys):
        column = [line.get(key) for line in order.lines]
        present = [kept for kept in column if kept is not None]
        values[key] = Kept(
            json.dumps([kept.text if kept else "" for kept in column], ensure_ascii=False),
            min(kept.mark for kept in present),
            next((kept.problem for kept in present if kept.problem), None),
        )
    return RecordEntry(order.kind, values, order.held.id if order.held else None)


def _number(row: Parsed, kind: RecordKind) -> str:
    """By what the row's order or contract is known; without a number it is one of its own."""
    return row.keys.get(KEY_OF[kind.value]) or f"\x00{row.sheet}:{row.number}"


def _texts(values: Mapping[str, Kept]) -> dict[str, str]:
    return {key: kept.text for key, kept in values.items()}


def _content(line: Mapping[str, Kept]) -> str:
    return json.dumps(_texts(line), sort_keys=True)


def _same(one: str, other: str) -> bool:
    return one == other or one.casefold() == other.casefold()


def _begun(order: _Order, line: Mapping[str, Kept]) -> int | None:
    """The held line without a number that `line` says more of, when the file brings fields the order did not have."""
    if not order.brings:
        return None
    for content, places in order.standing.items():
        if places and (said := json.loads(content)) and said.items() <= _texts(line).items():
            return places.pop(0)
    return None


def _among(text: str, standing: str) -> bool:
    """Whether `standing` says it already, alone or beside other values."""
    return _same(text, standing) or text in standing.split(ASIDE)


def _joined(before: Kept | None, kept: Kept) -> str:
    """Both values side by side, each of them once."""
    if before is None or _among(kept.text, before.text):
        return before.text if before else kept.text
    return f"{before.text}{ASIDE}{kept.text}"


def _note(row: Parsed, code: str, *, refuses: bool, field_key: str = "") -> None:
    row.problems.append(RowProblem(None, code, REASONS[code], refuses, field_key))
