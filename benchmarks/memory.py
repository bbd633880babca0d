"""What the processes hold: a web process through many reads, and an import through many rows.

The web server runs with one process. Its resident memory is read before, on the way and after so many reads over
HTTP; growth is counted from the first point, when everything that is loaded once is loaded. The import is the stage
of line 5, reading its file row by row.
"""

import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID

from benchmarks import line05_import
from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.line02_read_over_http import Load, ask, request, start, tokens

READS = {"quick": 20_000, "full": 1_000_000}
ROWS = {"quick": 20_000, "full": 1_000_000}
POINTS = 10
CALLERS, REQUESTS = 8, 500
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


def imported(bench: Bench) -> float:
    """The most that this process held while it took a file in, beyond what it held before."""
    path, rows, size = bench.data / "run" / "memory.csv", ROWS[bench.profile.name], 10_000
    with path.open("w", encoding="utf-8") as whole:
        part = path.with_suffix(".part")
        for number in range(0, rows, size):
            line05_import.write(part, line05_import.rows(min(size, rows - number), number))
            lines = part.read_text(encoding="utf-8").splitlines(keepends=True)
            whole.writelines(lines if number == 0 else lines[1:])
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # the peak counts from here
    assert line05_import.Sealing(bench).run(path) == rows
    return memory("self")["peak_mib"]


def measure(bench: Bench, ids: list[UUID]) -> Result:
    points, rate = web(bench, ids)
    peak = imported(bench)
    more: dict[str, Any] = {
        "web_growth": round(points[-1][1] / points[0][1], 3),
        "web_mib_by_reads": {str(reads): mib for reads, mib in points},
        "import_peak_mib": peak,
        "imported_rows": ROWS[bench.profile.name],
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
