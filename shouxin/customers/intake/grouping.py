"""In which order rows are stored: all rows of one customer together wherever the file scatters them, in chunks that
are the same at every attempt, so that a run can stop anywhere and go on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule
from shouxin.customers.intake.mapping import CUSTOMER_KEY, ORDER_KEY, SheetPlan
from shouxin.customers.intake.reading import Row

# Up to here the rows are held in memory and gathered by customer over the whole file; above it, chunk by chunk.
GATHERED_ROWS = 60_000
CHUNK_ROWS = 2_000

Place = tuple[int, int]  # sheet's position in the plan, row number in the sheet


@dataclass(slots=True)
class Group:
    """The rows of one customer, in the order of the file; `why` tells why they have none."""

    rows: list[tuple[int, Row]] = field(default_factory=list)
    why: str = ""


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
        if self.total <= GATHERED_ROWS:
            yield from self._gathered(rows)
            return
        while part := list(islice(rows, CHUNK_ROWS)):
            yield from self._gathered(part)

    def _rows(self) -> Iterator[tuple[int, Row]]:
        for number, plan in enumerate(self.plans):
            if plan.used:
                for row in self.read(plan):
                    yield number, row

    def _gathered(self, rows: Iterable[tuple[int, Row]]) -> Iterator[Group]:
        groups: dict[str, Group] = {}
        holders: dict[str, set[str]] = {}  # order number → customers that hold it in this file
        joining: list[tuple[str, int, Row]] = []
        for number, row in rows:
            plan = self.plans[number]
            customer, order = self._key(number, row, CUSTOMER_KEY), self._key(number, row, ORDER_KEY)
            if customer:
                groups.setdefault(f"c{customer}", Group()).rows.append((number, row))
                if order:
                    holders.setdefault(order, set()).add(f"c{customer}")
            elif order and not plan.creates and CUSTOMER_KEY not in plan.columns:
                joining.append((order, number, row))
            else:
                groups[f"r{number}:{row.number}"] = Group([(number, row)])
        for order, number, row in joining:
            found = holders.get(order, set())
            if len(found) == 1:
                groups[next(iter(found))].rows.append((number, row))
            else:
                why = "row.order-of-several" if found else "row.order-unknown"
                groups[f"j{number}:{row.number}"] = Group([(number, row)], why)
        yield from groups.values()

    def _key(self, sheet: int, row: Row, field_key: str) -> str:
        """The row's key in the form in which the register keeps it unique; "" when it has none."""
        position = self.plans[sheet].position(field_key)
        if position is None or row.problem is not None:
            return ""
        text = self.corrections.of(sheet, row.number).get(position)
        if text is None:
            text = row.cells[position] if position < len(row.cells) else ""
        return identifiers.normalise(self.rules[field_key].validator, text) if text.strip() else ""
