"""What the processes hold: a web process through many reads, and an import through many rows.

The web server runs with one process. Its resident memory is read before, on the way and after so many reads over
HTTP; growth is counted from the first point, when everything that is loaded once is loaded. The import is the whole of
it: handed in, checked and run.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.line02_read_over_http import Load, ask, request, start, tokens
from shouxin.operations.demo import names
from tests.register import Register

READS = {"quick": 20_000, "full": 1_000_000}
ROWS = {"quick": 20_000, "full": 1_000_000}
POINTS = 10
CALLERS, REQUESTS = 8, 500
HEADER = ("客户编号", "姓名", "手机号码", "家庭住址", "工作单位")
FIELDS = ("customer_no", "person_name", "mobile", "home_address", "employer")
GROWTH, IMPORT_MIB = (1.10, 1.05), (500.0, 250.0)
STATUS = {"VmRSS": "resident_mib", "VmHWM": "peak_mib"}


def memory(process: int | str) -> dict[str, float]:
    """Of one process, as the kernel says, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: round(int(found[key].split()[0]) / 1024, 1) for key, name in STATUS.items()}


def children(process: int) -> list[int]:
    """All that descend from a process."""
    found: list[int] = []
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in map(int, task.read_text(encoding="ascii").split()):
            found += [child, *children(child)]
    return found


def watching(peaks: dict[int, float]) -> Callable[[], bool]:
    """What a run asks before each chunk; it never stops it, and notes the most that each of its processes held."""

    def look() -> bool:
        for one in children(int(Path("/proc/self").readlink().name)):
            with suppress(OSError):  # another process, that has ended
                if b"intake.crew" in Path(f"/proc/{one}/cmdline").read_bytes():
                    peaks[one] = memory(one)["peak_mib"]
        return False

    return look


def listening(port: int) -> int:
    """The largest of our processes below this one that were started for `port`: the one that answers."""
    wanted = f"PORT={port}".encode()
    mine = [
        one
        for one in children(int(Path("/proc/self").readlink().name))
        if wanted in Path(f"/proc/{one}/environ").read_bytes().split(b"\0")
    ]
    return max(mine, key=lambda one: memory(one)["resident_mib"])


def web(bench: Bench, ids: list[UUID]) -> tuple[list[tuple[int, float]], float]:
    """(reads so far, MiB) at each point, and reads a second."""
    order, programs = random.Random(SEED), tokens(bench, callers=CALLERS)
    callers = [[request(token, [order.choice(ids)]) for _ in range(REQUESTS)] for token in programs]
    bench.tell_processes()
    port = start(bench, "shouxin.operations.server.web", SHOUXIN_WEB_PROCESSES="1")
    ask(port, programs[0], ids[:1])
    load, wanted = Load(port, callers, bench.profile.seconds), READS[bench.profile.name]
    load()  # what is loaded once
    process, begun, warm = listening(port), time.perf_counter(), load.answered
    points = [(0, memory(process)["resident_mib"])]
    while (done := load.answered - warm) < wanted:
        load()
        if load.answered - warm >= len(points) * wanted / POINTS:
            points.append((load.answered - warm, memory(process)["resident_mib"]))
    return points, done / (time.perf_counter() - begun)


def lines(rows: int) -> Iterator[bytes]:
    """A file of persons, a thousand lines at a time."""
    r = random.Random(SEED)
    yield ",".join(HEADER).encode() + b"\n"
    for begin in range(0, rows, 1_000):
        some = [
            f"MEM-{n:08d},{names.person(r).name},13{n % 10}{n:08d},北京市海淀区中关村大街{n}号院,第{n}示例公司\n"
            for n in range(begin, min(begin + 1_000, rows))
        ]
        yield "".join(some).encode()


def imported(bench: Bench) -> dict[str, float]:
    """The import as the console does it, from the first piece to the last row; the most that all processes held."""
    from shouxin.customers.intake import jobs, services
    from shouxin.customers.intake.models import BatchState, ImportBatch
    from shouxin.customers.intake.tests import cast
    from shouxin.kit import clock

    rows, clerk = ROWS[bench.profile.name], bench.world.actor("clerk")
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    before, begun = memory("self")["resident_mib"], time.perf_counter()
    given = services.receive(actor=clerk, pieces=lines(rows), file_name="customers.csv", now=clock.now())
    cast.decide(Register(bench.world), given.id, columns={"": list(FIELDS)})
    row = ImportBatch.objects.get(id=given.id)
    services.request_check(actor=clerk, batch=row.id, revision=row.draft_revision)
    jobs.work_check(batch=row.id, now=clock.now())
    checked = time.perf_counter()
    services.start(actor=clerk, batch=row.id, now=clock.now())
    peaks: dict[int, float] = {}
    jobs.work_run(batch=row.id, now=clock.now(), stop=watching(peaks))
    row.refresh_from_db()
    assert (row.state, row.created_count) == (BatchState.DONE, rows)
    return {
        "import_peak_mib": round(memory("self")["peak_mib"] + sum(peaks.values()), 1),
        "import_processes": 1 + len(peaks),
        "import_held_before_mib": before,
        "imported_rows": rows,
        "import_check_seconds": round(checked - begun, 1),
        "import_run_seconds": round(time.perf_counter() - checked, 1),
    }


def measure(bench: Bench, ids: list[UUID]) -> Result:
    points, rate = web(bench, ids)
    taken_in = imported(bench)
    more: dict[str, Any] = {
        "web_growth": round(points[-1][1] / points[0][1], 3),
        "web_mib_by_reads": {str(reads): mib for reads, mib in points},
        **taken_in,
    }
    return Result(
        line="memory",
        name="memory of a web process through many reads, and of an import",
        size=f"{points[-1][0]:,} reads by {CALLERS} programs, {ROWS[bench.profile.name]:,} rows",
        unit="reads/s",
        ours=Side([rate]),
        baseline=Side([rate]),
        baseline_name="none: the process is compared with itself before",
        unprotected="nothing to compare with",
        must=0.0,
        want=0.0,
        limits={"web_growth": GROWTH, "import_peak_mib": IMPORT_MIB},
        more=more,
    )
