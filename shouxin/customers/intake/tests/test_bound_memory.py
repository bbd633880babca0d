"""A long CSV file streams: what a check and a run keep in memory does not grow with the rows."""

import tracemalloc

import pytest

from shouxin.customers.intake import grouping, jobs, services
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.kit import clock
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码", "家庭住址", "工作单位")
COLUMNS = {"": ["customer_no", "person_name", "mobile", "home_address", "employer"]}
MIB = 1 << 20


def peak(register: Register, rows: int) -> tuple[int, int]:
    """The most that the check, and the run, held at once beyond what was there before."""
    lines = [
        (
            f"M{rows}-{n}",
            f"客户{n}号",
            f"138{n:08d}",
            f"北京市海淀区中关村大街{n}号院2号楼301室",
            f"第{n}示例公司",
        )
        for n in range(rows)
    ]
    batch = cast.upload(register, cast.table(HEADER, *lines), "f.csv")
    del lines
    cast.decide(register, batch.id, columns=COLUMNS)
    row = ImportBatch.objects.get(id=batch.id)
    actor = register.world.actor("clerk")
    services.request_check(actor=actor, batch=row.id, revision=row.draft_revision)
    found = []
    for work, begin in ((jobs.work_check, None), (jobs.work_run, services.start)):
        if begin:
            begin(actor=actor, batch=row.id, now=clock.now())
        tracemalloc.start()
        work(batch=row.id, now=clock.now())
        found.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    row.refresh_from_db()
    assert (row.state, row.created_count) == (BatchState.DONE, rows)
    return found[0], found[1]


def test_memory_does_not_grow_with_the_rows(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "GATHERED_ROWS", 100)
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 200)
    peak(register, 300)  # what is loaded and cached once
    short, long = peak(register, 600), peak(register, 3_600)
    # A million rows may cost the check 160 bytes each (digests to tell customers and shared numbers apart).
    for one, other in zip(short, long, strict=True):
        assert other - one < 3_000 * 160 + MIB
        assert other < 40 * MIB
