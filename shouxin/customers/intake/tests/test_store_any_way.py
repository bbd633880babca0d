"""A file comes to the same register however it is stored: at once, in chunks, by several processes, with pauses."""

import io
import os
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.db import transaction

from shouxin.core.policy import service_actor
from shouxin.customers.intake import crew, drafts, grouping, jobs, running, services
from shouxin.customers.intake.models import BatchState, Existing, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Provenance, Record
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.vault import services as vault
from tests.harness.jobs import WorkerProcess
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
PEOPLE = ("客户编号", "姓名", "手机号码", "电子邮箱")
ORDERS = ("客户编号", "姓名", "手机号码", "订单编号", "订单日期", "行号", "产品名称", "销售额")
RETURNS = ("订单编号", "退货")
PLANS = {
    "客户": ["customer_no", "person_name", "mobile", "email"],
    "订单": [
        "customer_no",
        "person_name",
        "mobile",
        "order_no",
        "order_date",
        "line_no",
        "product_name",
        "line_sales",
    ],
    "退货": ["order_no", "order_returned"],
}
Row = tuple[str, ...]
RETURNED = ("A1", "B2", "C3", "D4", "E5", "")
MOBILES = ("13812340001", "13812340002", "", "", "138")


@dataclass
class Sheets:
    """A workbook with what a person mended and left out; `{}` stands for what begins the customer numbers."""

    rows: dict[str, list[Row]]
    mended: list[tuple[int, int, int, str]] = field(default_factory=list)
    dropped: list[tuple[int, int]] = field(default_factory=list)

    def workbook(self, name: str) -> bytes:
        book, out = openpyxl.Workbook(), io.BytesIO()
        del book["Sheet"]
        for (title, rows), header in zip(self.rows.items(), (PEOPLE, ORDERS, RETURNS), strict=True):
            sheet = book.create_sheet(title)
            for row in (header, *rows):
                sheet.append([cell.replace("{}", name) for cell in row])
        book.save(out)
        return out.getvalue()


def made(chance: random.Random) -> tuple[Sheets, Sheets]:
    """What is in the register before, and the file that meets it."""
    numbers = [f"{{}}-k{n}" for n in range(8)]

    def number() -> str:
        one = chance.choice(numbers)
        return chance.choice((one, one, one.upper(), ""))

    def name(one: str) -> str:
        own = f"客户{'零一二三四五六七'[int(one[-1])]}" if one else "散客"
        return chance.choice((own, own, own, own, "别人", ""))

    def order() -> Row:
        one = number()
        return (
            one,
            name(one),
            chance.choice(MOBILES),
            chance.choice(("A1", "a1", "B2", "C3", "D4", "")),
            chance.choice(("2026-10-01", "2026-10-01", "2026/10/2", "某日", "")),
            chance.choice(("", "1", "2")),
            chance.choice(("椅", "桌")),
            chance.choice(("10", "20", "贵")),
        )

    def person() -> Row:
        one = number()
        return (
            one,
            name(one),
            chance.choice(MOBILES),
            chance.choice(("a@example.com", "b@example.com", "", "@")),
        )

    def sheets(size: int) -> Sheets:
        return Sheets(
            {
                "客户": [person() for _ in range(size // 3)],
                "订单": [order() for _ in range(size)],
                "退货": [
                    (chance.choice(RETURNED), chance.choice(("是", "否", ""))) for _ in range(size // 4)
                ],
            }
        )

    before, file = sheets(12), sheets(45)
    for _ in range(4):
        file.mended.append((1, chance.randint(2, 40), chance.choice((0, 1)), chance.choice(numbers)))
        file.dropped.append((chance.choice((0, 1)), chance.randint(2, 15)))
    return before, file


def ready(register: Register, sheets: Sheets, name: str, existing: Existing) -> ImportBatch:
    """Uploaded, mended, checked and asked to run."""
    clerk = register.world.actor("clerk")
    batch = cast.upload(register, sheets.workbook(name), f"{name}.xlsx")
    cast.decide(register, batch.id, columns=PLANS, used=dict.fromkeys(PLANS, True), existing=existing)

    def revision() -> int:
        return ImportBatch.objects.get(id=batch.id).draft_revision

    for sheet, row, column, number in sheets.mended:
        text = number.replace("{}", name)
        services.mend(
            actor=clerk, batch=batch.id, revision=revision(), sheet=sheet, row=row, column=column, text=text
        )
    for sheet, row in sheets.dropped:
        services.leave_out(actor=clerk, batch=batch.id, revision=revision(), sheet=sheet, row=row, out=True)
    cast.check(register, batch.id)
    services.start(actor=clerk, batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    return batch


def stored(batch: ImportBatch, stop: Callable[[], bool] = jobs.never) -> ImportBatch:
    jobs.work_run(batch=batch.id, now=clock.now(), stop=stop)
    batch.refresh_from_db()
    return batch


def bare(text: str) -> str:
    """The column of an order's lines without the last ones that have nothing in it."""
    while text.endswith(', ""]'):
        text = text.removesuffix(', ""]') + "]"
    return text


def state(batches: Sequence[ImportBatch], name: str) -> list[Any]:
    """Everything the register holds of whom these batches brought, in an order of its own content."""
    found = Customer.objects.filter(batch_id__in=[one.id for one in batches])
    rules = {k: r for k, r in rulebooks["rulebook"].fields().items() if r.active}
    places: dict[UUID | None, int] = {one.id: number for number, one in enumerate(batches)}
    origins = Provenance.objects.filter(batch_id__in=list(places)).values_list("id", "batch_id")
    brought: dict[UUID | None, int] = {origin: places[batch] for origin, batch in origins}
    with transaction.atomic():
        permit = gate.permit_maintenance(
            actor=service_actor("import"),
            purpose="maintenance",
            customers=list(found.values_list("id", flat=True)),
            fields=sorted(rules),
            reason="import",
            now=clock.now(),
        )
        shown = vault.reveal(permit)

    def told(customer: UUID, record: UUID | None = None) -> list[Any]:
        its = shown.of(customer, record) if record else shown.of(customer)
        return sorted(
            (
                key,
                bare((one.text or "").replace(name, "{}")),
                one.mark,
                one.problem or "",
                brought.get(one.provenance),
            )
            for key, one in its.items()
        )

    result = []
    for row in found:
        records = Record.objects.filter(customer_id=row.id)
        its = sorted((one.kind, one.ended_at is not None, told(row.id, one.id)) for one in records)
        result.append((row.kind, str(row.public_values).replace(name, "{}"), told(row.id), its))
    return sorted(result, key=repr)


def outcome(batch: ImportBatch, name: str) -> tuple[Any, ...]:
    """The counts and the refused rows with their reasons."""
    rows = [
        (
            row.sheet,
            row.number,
            row.reasons,
            sorted(row.cell_reasons.items()),
            [c.replace(name, "{}") for c in row.cells],
        )
        for row in drafts.refused_rows(batch)
    ]
    return cast.counts(batch), sorted(rows, key=repr)


@pytest.fixture
def two_processes(monkeypatch: pytest.MonkeyPatch, start_worker: Callable[..., WorkerProcess]) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _process: {0, 1})


@pytest.mark.parametrize("seed", [1, 11, 12])  # replaced, skipped, filled in
@pytest.mark.usefixtures("two_processes")
def test_a_file_comes_to_the_same_however_it_is_stored(
    register: Register, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    before, file = made(chance)
    existing = list(Existing)[seed % len(Existing)]
    clerk = register.world.actor("clerk")
    found = {}

    def pausing() -> bool:
        if chance.random() < 0.3:
            services.pause(actor=clerk, batch=now.id)
        return False

    for name in ("qo", "qc", "qt", "qp"):
        monkeypatch.setattr(grouping, "CHUNK_ROWS", 2000)
        earlier = stored(ready(register, before, name, Existing.FILL))
        now = ready(register, file, name, existing)
        promised = now.findings
        if name != "qo":
            monkeypatch.setattr(grouping, "CHUNK_ROWS", chance.randint(1, 9))
        if name == "qt":
            with monkeypatch.context() as patch:
                patch.setattr(crew, "FROM", 1)
                patch.setattr(running, "PIECE_ROWS", 3)
                stored(now)
        elif name == "qp":
            while stored(now, pausing).state == BatchState.PAUSED:
                services.start(actor=clerk, batch=now.id, now=clock.now())
        else:
            stored(now)
        assert now.state == BatchState.DONE
        found[name] = (outcome(now, name), state((earlier, now), name))
        assert promised["refused"] == now.refused_count
        assert promised["customers"] == now.created_count
    first = found["qo"]
    for name, other in found.items():
        assert other[0] == first[0], name
        assert other[1] == first[1], name


@pytest.mark.parametrize("seed", [4, 6, 8])
def test_more_rows_than_are_gathered_come_to_the_same_new_customers(
    register: Register, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    """Whatever their rows contradict each other in, and however far apart these lie."""
    found = {}
    _, file = made(random.Random(seed))
    for name in ("qg", "qs"):
        batch = ready(register, file, name, list(Existing)[seed % len(Existing)])
        if name == "qs":
            monkeypatch.setattr(grouping, "GATHERED_ROWS", 1)
            monkeypatch.setattr(grouping, "CHUNK_ROWS", 5)
        stored(batch)
        found[name] = (outcome(batch, name), state([batch], name))
    assert found["qs"] == found["qg"]
