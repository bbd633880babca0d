"""In which order rows are stored: all rows of one customer together wherever the file scatters them, in chunks that
are the same at every attempt, so that a run can stop anywhere and go on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

import msgspec

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule
from shouxin.customers.intake.mapping import CUSTOMER_KEY, ORDER_KEY, SheetPlan
from shouxin.customers.intake.reading import Row

# Up to here the rows are held in memory and gathered by customer over the whole file; above it, chunk by chunk.
GATHERED_ROWS = 60_000
CHUNK_ROWS = 2_000

SEVERAL = "\x00"  # no number: the order is held by more than one customer
_UNPLACED = {"": "row.order-unknown", SEVERAL: "row.order-of-several"}

Place = tuple[int, int]  # sheet's position in the plan, row number in the sheet


# A row that waits for the others of its customer, with its sheet's position: packed, it takes a third of the memory.
_Waiting = bytes | tuple[int, Row]
_pack = msgspec.msgpack.Encoder().encode
_unpack = msgspec.msgpack.Decoder(tuple[int, int, tuple[str, ...]]).decode


def _packed(sheet: int, row: Row) -> _Waiting:
    if row.flags or row.problem is not None:
        return sheet, row
    try:
        return _pack((sheet, row.number, row.cells))
    except UnicodeEncodeError:  # half a character, which is for the checks to name
        return sheet, row


def _unpacked(waiting: _Waiting) -> tuple[int, Row]:
    if isinstance(waiting, tuple):
        return waiting
    sheet, number, cells = _unpack(waiting)
    return sheet, Row(number, cells)


@dataclass(slots=True)
class Group:
    """The rows of one customer, in the order of the file; `why` tells why they have none.

    `customer` is the customer number in the form in which the register keeps it unique, "" without one.
    """

    rows: list[tuple[int, Row]] = field(default_factory=list)
    why: str = ""
    customer: str = ""


@dataclass(frozen=True, slots=True)
class Corrections:
    """What a person mended before the run: cells by place, and rows that are not to be imported."""

    cells: Mapping[Place, Mapping[int, str]] = field(default_factory=dict)
    dropped: frozenset[Place] = frozenset()

    def of(self, sheet: int, row: int) -> Mapping[int, str]:
        return self.cells.get((sheet, row), {})


@dataclass(frozen=True, slots=True)
class Gatherer:
    """How rows are put together."""

    plans: Sequence[SheetPlan]
    read: Callable[[SheetPlan], Iterable[Row]]
    rules: Mapping[str, FieldRule]
    corrections: Corrections
    total: int

    def chunks(self, done: int = 0) -> Iterator[list[Group]]:
        """Chunks of groups, from the row after the first `done` ones of this order."""
        size, chunk = 0, list[Group]()
        for group in self._from(done):
            chunk.append(group)
            size += len(group.rows)
            if size >= CHUNK_ROWS:
                yield chunk
                size, chunk = 0, []
        if chunk:
            yield chunk

    def _from(self, done: int) -> Iterator[Group]:
        skipped = 0
        for group in self._groups():
            if skipped < done:
                skipped += len(group.rows)
            else:
                yield group

    def _groups(self) -> Iterator[Group]:
        rows = self._rows()
        holders: dict[str, str] = {}
        if self.total <= GATHERED_ROWS:
            yield from self._gathered(rows, holders)
            return
        while part := list(islice(rows, CHUNK_ROWS)):
            yield from self._gathered(part, holders)

    def _joins(self, plan: SheetPlan) -> bool:
        """Whether the sheet finds its customers through the orders of the other sheets."""
        return not plan.creates and CUSTOMER_KEY not in plan.columns and ORDER_KEY in plan.columns

    def _rows(self) -> Iterator[tuple[int, Row]]:
        """All rows, those last that can only be placed when the others are known."""
        for number, plan in sorted(enumerate(self.plans), key=lambda pair: self._joins(pair[1])):
            if plan.used:
                for row in self.read(plan):
                    yield number, row

    def _gathered(self, rows: Iterable[tuple[int, Row]], holders: dict[str, str]) -> Iterator[Group]:
        """Rows by customer; `holders` carries on whose each order is, as long as a sheet joins by it."""
        groups, reasons = dict[str, list[_Waiting]](), dict[str, str]()
        joining = any(plan.used and self._joins(plan) for plan in self.plans)
        for number, row in rows:
            customer, order = self._key(number, row, CUSTOMER_KEY), self._key(number, row, ORDER_KEY)
            why = ""
            if customer and joining and order and holders.setdefault(order, customer) != customer:
                holders[order] = SEVERAL
            elif not customer and order and self._joins(self.plans[number]):
                customer = holders.get(order, "")
                why = _UNPLACED.get(customer, "")
            if customer and not why:
                key = f"c{customer}"
            else:
                key, reasons[f"r{number}:{row.number}"] = f"r{number}:{row.number}", why
            groups.setdefault(key, []).append(_packed(number, row))
        for key in list(groups):
            waiting = [_unpacked(one) for one in groups.pop(key)]
            yield Group(waiting, reasons.pop(key, ""), "" if key[0] == "r" else key[1:])

    def _key(self, sheet: int, row: Row, field_key: str) -> str:
        """The row's key in the form in which the register keeps it unique; "" when it has none."""
        position = self.plans[sheet].position(field_key)
        if position is None or row.problem is not None:
            return ""
        text = self.corrections.of(sheet, row.number).get(position)
        if text is None:
            text = row.cells[position] if position < len(row.cells) else ""
        return identifiers.normalise(self.rules[field_key].validator, text) if text.strip() else ""
