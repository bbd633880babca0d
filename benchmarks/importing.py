"""A whole import in a process of its own, as a worker is one, and what it and all it starts hold meanwhile.

`python -m benchmarks.importing <file> <purpose> <field,field,…>` is that process: it says that it is loaded, waits for
a line, imports, and tells in JSON how long it took.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.harness import Bench

# Seconds between two looks at memory: where it is judged, and where time is, a twentieth of which often looking takes.
OFTEN, SELDOM = 0.1, 1.0
PIECE = 1024 * 1024  # bytes handed in at once
STATUS = {"VmRSS": "resident_mib", "VmHWM": "peak_mib"}


@dataclass(frozen=True, slots=True)
class Imported:
    """How long an import took, and the most that all its processes held at once, shared pages counted once."""

    check_seconds: float
    run_seconds: float
    before_mib: float
    peak_mib: float
    processes: int


def memory(process: int) -> dict[str, float]:
    """Of one process, as the kernel says, in MiB."""
    lines = Path(f"/proc/{process}/status").read_text(encoding="ascii").splitlines()
    found = dict(line.split(":", 1) for line in lines if ":" in line)
    return {name: round(int(found[key].split()[0]) / 1024, 1) for key, name in STATUS.items()}


def children(process: int) -> list[int]:
    """All that descend from a process."""
    found: list[int] = []
    with suppress(OSError):  # one that has ended
        for task in Path(f"/proc/{process}/task").glob("*/children"):
            for child in map(int, task.read_text(encoding="ascii").split()):
                found += [child, *children(child)]
    return found


def held(process: int) -> tuple[float, int]:
    """What a process and all that descend from it hold in MiB (proportional set size), and how many they are."""
    total, count = 0, 0
    for one in (process, *children(process)):
        with suppress(OSError):
            lines = Path(f"/proc/{one}/smaps_rollup").read_text(encoding="ascii").splitlines()
            total += next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)
            count += 1
    return total / 1024, count


def imported(
    bench: "Bench", path: Path, fields: Sequence[str], purpose: str, count: int, *, every: float
) -> Imported:
    """Have the file imported, and look at the memory `every` so many seconds."""
    bench.tell_processes()
    command = [sys.executable, "-m", "benchmarks.importing", str(path), purpose, ",".join(fields), str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        process.stdout.readline()
        (before, _), peak, most = held(process.pid), 0.0, 0
        process.stdin.write("begin\n")
        process.stdin.flush()
        while process.poll() is None:
            now, several = held(process.pid)
            peak, most = max(peak, now), max(most, several)
            time.sleep(every)
        assert process.returncode == 0
        took = json.loads(process.stdout.read())
    return Imported(took["check"], took["run"], round(before, 1), round(peak, 1), most)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    import django

    django.setup()
    from shouxin.kit.startup import settle

    settle()
    path, purpose, fields, count = sys.argv[1:]
    print(json.dumps(_import(Path(path), purpose, fields.split(","), int(count))))


def _import(path: Path, purpose: str, fields: Sequence[str], count: int) -> dict[str, float]:
    """From the first piece to the last row."""
    from benchmarks.harness import standing
    from shouxin.customers.intake import jobs, services
    from shouxin.customers.intake.models import BatchState, ImportBatch
    from shouxin.customers.intake.tests import cast
    from shouxin.kit import clock
    from tests.register import Register

    world = standing()
    clerk = world.actor("clerk")
    print("loaded", flush=True)
    sys.stdin.readline()
    with path.open("rb") as file:
        pieces = iter(lambda: file.read(PIECE), b"")
        given = services.receive(actor=clerk, pieces=pieces, file_name="customers.csv", now=clock.now())
    cast.decide(Register(world), given.id, columns={"": list(fields)}, purpose=purpose)
    begun = time.perf_counter()
    row = ImportBatch.objects.get(id=given.id)
    services.request_check(actor=clerk, batch=row.id, revision=row.draft_revision)
    jobs.work_check(batch=row.id, now=clock.now())
    checked = time.perf_counter()
    services.start(actor=clerk, batch=row.id, now=clock.now())
    jobs.work_run(batch=row.id, now=clock.now())
    ended = time.perf_counter()
    row.refresh_from_db()
    assert (row.state, row.created_count) == (BatchState.DONE, count)
    return {"check": round(checked - begun, 2), "run": round(ended - checked, 2)}


if __name__ == "__main__":
    main()
