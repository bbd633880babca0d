"""What the processes hold: a web process through many reads, and an import through many rows.

The web server runs with one process. Its resident memory is read before, on the way and after so many reads over
HTTP; growth is counted from the first point, when everything that is loaded once is loaded. The import is the whole of
it, handed in, checked and run by a process of its own as a worker is one; what it and all it starts hold is added up
ten times a second, what several share counted once (the kernel's proportional set size).
"""

import random
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.importing import OFTEN, children, imported, memory
from benchmarks.line02_read_over_http import Load, ask, request, start, tokens
from shouxin.operations.demo import names
from tests.register import SALES as PURPOSE

READS = {"quick": 10_000, "full": 1_000_000}
ROWS = {"quick": 20_000, "full": 1_000_000}
POINTS = 10
CALLERS, REQUESTS = 8, 500
HEADER = ("客户编号", "姓名", "手机号码", "家庭住址", "工作单位")
FIELDS = ("customer_no", "person_name", "mobile", "home_address", "employer")
GROWTH, IMPORT_MIB = (1.10, 1.05), (500.0, 250.0)


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


def lines(rows: int) -> Iterator[str]:
    """A file of persons, a thousand lines at a time."""
    r = random.Random(SEED)
    yield ",".join(HEADER) + "\n"
    for begin in range(0, rows, 1_000):
        some = [
            f"MEM-{n:08d},{names.person(r).name},13{n % 10}{n:08d},北京市海淀区中关村大街{n}号院,第{n}示例公司\n"
            for n in range(begin, min(begin + 1_000, rows))
        ]
        yield "".join(some)


def taken_in(bench: Bench) -> dict[str, Any]:
    rows = ROWS[bench.profile.name]
    path = bench.data.parent / "memory.csv"
    with path.open("w", encoding="utf-8") as file:
        file.writelines(lines(rows))
    done = imported(bench, path, FIELDS, PURPOSE, rows, every=OFTEN)
    path.unlink()
    return {
        "import_peak_mib": done.peak_mib,
        "import_processes": done.processes,
        "import_held_before_mib": done.before_mib,
        "imported_rows": rows,
        "import_check_seconds": round(done.check_seconds, 1),
        "import_run_seconds": round(done.run_seconds, 1),
    }


def measure(bench: Bench, ids: list[UUID]) -> Result:
    points, rate = web(bench, ids)
    more: dict[str, Any] = {
        "web_growth": round(points[-1][1] / points[0][1], 3),
        "web_mib_by_reads": {str(reads): mib for reads, mib in points},
        **taken_in(bench),
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
