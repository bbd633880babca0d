"""Read = created + updated + merged + refused + dropped, whatever the file holds: no row lost, none twice."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule, PurposeRule
from shouxin.customers.intake import grouping, services
from shouxin.customers.intake.assembling import (
    REASONS,
    Assembled,
    Assembler,
    Held,
    HeldRecord,
    Outcome,
    lines_of,
)
from shouxin.customers.intake.convert import Reader, RowProblem, parse
from shouxin.customers.intake.grouping import Corrections, Gatherer
from shouxin.customers.intake.mapping import SheetPlan
from shouxin.customers.intake.models import Existing, ImportBatch
from shouxin.customers.intake.reading import Kind, Layout, Row
from shouxin.customers.intake.tests import cast
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import ids
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
ORDERS = ("customer_no", "person_name", "order_no", "order_date", "line_no", "product_name")
RETURNS = ("order_no", "order_returned")
numbers = st.sampled_from(["", "a", "A", "ｂ", "b", " c "])
rows = st.lists(
    st.tuples(
        numbers,
        st.sampled_from(["", "王一", "赵二"]),
        st.sampled_from(["", "1", "2", "２"]),
        st.sampled_from(["", "2026-10-01", "2026/10/2", "nonsense"]),
        st.sampled_from(["", "", "1", "2"]),
        st.sampled_from(["", "椅", "桌"]),
    ),
    max_size=30,
)
returns = st.lists(st.tuples(st.sampled_from(["", "1", "2", "9"]), st.sampled_from(["", "是"])), max_size=6)


def plan(name: str, columns: Sequence[str]) -> SheetPlan:
    return SheetPlan(Layout(Kind.XLSX, name, tuple(columns), 1), tuple(columns), used=True)


def lay(cells: Sequence[Sequence[str]]) -> list[Row]:
    return [Row(number, tuple(row)) for number, row in enumerate(cells, 2)]


class Shelf:
    """A register in memory, for one file: what a customer's rows come to stands in it as the vault would hold it."""

    def __init__(self, rules: dict[str, FieldRule], total: int) -> None:
        self.rules, self.total, self.held = rules, total, dict[str, Held]()
        self.customers, self.seen = 0, list[tuple[int, int]]()
        self.outcomes: Counter[Outcome] = Counter()

    def take(self, reader: dict[int, Reader], group: grouping.Group) -> None:
        """The rows of one group."""
        found = [parse(reader[sheet], row, {}) for sheet, row in group.rows]
        for row in found if group.why else ():
            row.problems.append(RowProblem(None, group.why, REASONS[group.why], refuses=True))
        known = self.held.get(group.customer)
        done = Assembler(known, Existing.FILL, external=False).run(found)
        self.outcomes.update(done.outcomes)
        self.seen += [(row.sheet, row.number) for row in found]
        assert len(done.outcomes) == len(found)
        for row, outcome in zip(found, done.outcomes, strict=True):
            assert (outcome is Outcome.REFUSED) == row.refused
        if done.stored:
            self.customers += Outcome.CREATED in done.outcomes
            self._put(known or Held(ids.new(), done.kind, writable=True, ours=True), group.customer, done)

    def _put(self, held: Held, key: str, done: Assembled) -> None:
        held.values |= {name: kept.text for name, kept in done.profile.items()}
        for entry in done.records:
            texts = {name: kept.text for name, kept in entry.values.items()}
            lines = {name: texts.pop(name) for name in list(texts) if self.rules[name].record == "order_line"}
            record = next((one for one in held.records if one.id == entry.id), None)
            if record is None:
                record = HeldRecord(ids.new(), entry.kind.value, {}, ours=True)
                record.key = identifiers.normalise("LINE", texts["order_no"])
                assert not any(one.key == record.key for one in held.records)  # the vault would refuse it
                held.records.append(record)
            record.values |= texts
            record.compared = frozenset({"line_no", "product_name"})
            columns = {name: [line.get(name, "") for line in record.lines] for name in record.compared}
            columns |= {name: json.loads(text) for name, text in lines.items()}
            assert len({len(one) for name, one in columns.items() if name in lines}) <= 1
            record.lines = lines_of({name: json.dumps(one) for name, one in columns.items()})
        if key:
            self.held[key] = held

    def lines(self) -> Counter[tuple[str, str, str, str]]:
        """Every line there is: customer, order, its number and product."""
        return Counter(
            (key, record.key, line.get("line_no", ""), line.get("product_name", ""))
            for key, held in self.held.items()
            for record in held.records
            for line in record.lines
        )


def taken(
    rules: dict[str, FieldRule], purpose: PurposeRule, sheets: Sequence[tuple[SheetPlan, list[Row]]]
) -> Shelf:
    plans = [plan for plan, _ in sheets]
    content = {plan.name: lines for plan, lines in sheets}
    total = sum(map(len, content.values()))
    gatherer = Gatherer(plans, lambda one: content[one.name], rules, Corrections(), total)
    readers = {n: Reader.of(n, one, rules, purpose, date(2026, 11, 24)) for n, one in enumerate(plans)}
    shelf = Shelf(rules, total)
    for chunk in gatherer.chunks():
        for group in chunk:
            shelf.take(readers, group)
    return shelf


def test_every_row_has_exactly_one_outcome(register: Register) -> None:
    book = rulebooks["rulebook"]
    purpose, rules = book.purpose(SALES), dict(book.fields())
    assert purpose is not None

    @given(rows, returns)
    @settings(max_examples=150, deadline=None)
    def holds(orders: list[tuple[str, ...]], returned: list[tuple[str, ...]]) -> None:
        sheets = [(plan("退货", RETURNS), lay(returned)), (plan("订单", ORDERS), lay(orders))]
        gathered = taken(rules, purpose, sheets)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(grouping, "GATHERED_ROWS", 0)
            patch.setattr(grouping, "CHUNK_ROWS", 3)
            streamed = taken(rules, purpose, sheets)
        for shelf in (gathered, streamed):
            everything = [(n, row.number) for n, (_, lines) in enumerate(sheets) for row in lines]
            assert sorted(shelf.seen) == sorted(everything)
            assert shelf.outcomes.total() == len(everything)
            assert shelf.outcomes[Outcome.CREATED] == shelf.customers
            assert shelf.outcomes[Outcome.UPDATED] == 0
        # In chunks or at once, the same customers hold the same lines.
        assert gathered.lines() == streamed.lines()
        assert gathered.held.keys() == streamed.held.keys()

    holds()


def test_all_five_outcomes_add_up_in_the_batch(register: Register) -> None:
    header = ("客户编号", "姓名", "手机号码", "电子邮箱")
    content = cast.table(
        header,
        ("张伟-10002", "张伟", "", "zw@example.com"),  # updated
        ("N-1", "王一", "13812340001", ""),  # created
        ("N-1", "王一", "", "w1@example.com"),  # merged
        ("N-2", "", "", ""),  # refused
        ("N-1", "王一", "13812340001", ""),  # dropped: nothing new
        ("N-3", "赵二", "", ""),  # dropped: left out
    )
    batch = cast.upload(register, content, "f.csv")
    cast.decide(register, batch.id)
    row = ImportBatch.objects.get(id=batch.id)
    actor = register.world.actor("clerk")
    services.leave_out(actor=actor, batch=batch.id, revision=row.draft_revision, sheet=0, row=7, out=True)
    cast.check(register, batch.id)
    done = cast.run(register, batch.id)
    assert cast.counts(done) == (1, 1, 1, 1, 2)
