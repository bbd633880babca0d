"""A long CSV file streams: what a check and a run keep in memory does not grow with the rows."""

import gc
import tracemalloc
from types import ModuleType

import pytest

from shouxin.customers.intake import checking, grouping, jobs, running, services
from shouxin.customers.intake.convert import Parsed
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.kit import clock
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码", "家庭住址", "工作单位")
COLUMNS = {"": ["customer_no", "person_name", "mobile", "home_address", "employer"]}
CHUNK = 200
MIB = 1 << 20


def held(register: Register, rows: int) -> tuple[int, int]:
    """The most that the check, and the run, hold between two chunks beyond what was there before, in bytes."""
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
        samples: list[int] = []

        def measure(samples: list[int] = samples) -> bool:
            gc.collect()  # what merely waits for the collector is not held, and how much waits is chance
            samples.append(tracemalloc.get_traced_memory()[0])
            return False

        gc.collect()
        tracemalloc.start()
        work(batch=row.id, now=clock.now(), stop=measure)
        tracemalloc.stop()
        assert len(samples) >= rows // CHUNK
        found.append(max(samples))
    row.refresh_from_db()
    assert (row.state, row.created_count) == (BatchState.DONE, rows)
    return found[0], found[1]


def test_memory_does_not_grow_with_the_rows(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "GATHERED_ROWS", 100)
    monkeypatch.setattr(grouping, "CHUNK_ROWS", CHUNK)
    held(register, 250)  # what is loaded and cached once
    short, long = held(register, 400), held(register, 2_400)
    # A million rows may cost the check 160 bytes each (digests to tell customers and shared numbers apart); the
    # other part is the piece of the file that is open, up to 1 MiB of it, here the 270 kB that the file is long.
    for one, other in zip(short, long, strict=True):
        assert other - one < 2_000 * 160 + 3 * MIB // 4
        assert other < 10 * MIB


def test_rows_that_wait_for_others_of_their_customer_take_little(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 60,000 wait for the whole file."""
    monkeypatch.setattr(grouping, "CHUNK_ROWS", CHUNK)
    held(register, 250)
    before, _ = held(register, 400)
    after, _ = held(register, 2_400)
    assert after - before < 2_000 * 600  # as they were read they would take 1,200


@pytest.mark.parametrize("done", [checking, running])
def test_no_value_is_remembered_from_one_chunk_to_the_next(
    register: Register, monkeypatch: pytest.MonkeyPatch, done: ModuleType
) -> None:
    """Not even those that come again and again, and are judged once a chunk: neither by the check nor by the run."""
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 2)
    met, parsed = list[tuple[str, bool]](), done.parsed_group

    def watched(work: running.Work, group: grouping.Group) -> list[Parsed]:
        judging = [one for reader in work.readers.values() for one in reader.checkings.values()]
        before = repr([vars(one) for one in judging])
        found: list[Parsed] = parsed(work, group)
        met.append((group.customer, "欧阳" in before))
        assert "欧阳" in repr([vars(one) for one in judging])
        return found

    monkeypatch.setattr(done, "parsed_group", watched)
    rows = [(f"M-{n}", f"欧阳{name}", f"138{n:08d}", "", "") for n, name in enumerate("甲乙丙丁戊己")]
    cast.imported(register, cast.table(HEADER, *rows), "f.csv", columns=COLUMNS)
    assert len(met) == len(rows)
    assert [known for _customer, known in met] == [False, True] * 3  # two rows a chunk
