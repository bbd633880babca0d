"""`python -m benchmarks [--full] [--line 01 …]`: measure, print, write benchmarks/results/<line>.json (quick profile:
benchmarks/results/quick) and the tables of docs/performance.md.

Every line has a process and a database of its own, so that none finds what another left behind; all begin with one
organisation that is made ready once, and lines 1, 2 and "concurrency" read the same customers.
"""

import argparse
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import harness, report
from benchmarks.harness import Bench, Profile

TOGETHER = (("01", "02", "concurrency"),)
ALONE = (
    "03",
    "04",
    "05",
    "06",
    "08",
    "09",
    "10",
    "12",
    "13",
    "14",
    "15",
    "16",
    "17",
    "generator",
    "memory",
)
LINES = (*(line for group in TOGETHER for line in group), *ALONE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument(
        "--full", action="store_true", help="up to a million customers instead of ten thousand"
    )
    parser.add_argument("--line", action="append", choices=LINES, help="measure this line alone")
    parser.add_argument(
        "--gdprbench", choices=("repo", "paper", "brownsys"), help="line 9 with this profile instead"
    )
    parser.add_argument("--results", type=Path, help="a folder for the result files, for a trial")
    parser.add_argument("--ready", type=Path, help=argparse.SUPPRESS)  # what the whole run begins with
    parser.add_argument("--make-ready", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.make_ready:
        harness.make_ready(chosen.make_ready)
        return
    if chosen.results:
        harness.RESULTS = chosen.results
    wanted = set(chosen.line or LINES)
    groups = [[line for line in group if line in wanted] for group in (*TOGETHER, *((one,) for one in ALONE))]
    groups = [group for group in groups if group]
    if len(groups) == 1:
        measure(groups[0], Profile.of(full=chosen.full), chosen.gdprbench, chosen.ready)
        if not chosen.results and not chosen.ready:
            report.write()
        return
    given = [*(["--full"] if chosen.full else []), *(["--results", chosen.results] if chosen.results else [])]
    seconds = everything(groups, [sys.executable, "-m", "benchmarks", *given])
    if not chosen.line:
        harness.keep_seconds(Profile.of(full=chosen.full), seconds)
    if not chosen.results:
        report.write()


def everything(groups: list[list[str]], command: list[str]) -> float:
    """Each group in a process of its own, from one organisation made ready; tells how long each took, and gives the
    seconds of all."""
    begun, took = time.monotonic(), list[str]()
    with TemporaryDirectory(prefix="shouxin-benchmarks-") as folder:
        subprocess.run([*command, "--make-ready", folder], check=True)
        took.append(f"made ready {time.monotonic() - begun:.0f}")
        for group in groups:
            start = time.monotonic()
            subprocess.run([*command, "--ready", folder, *(f"--line={line}" for line in group)], check=True)
            took.append(f"{' and '.join(group)} {time.monotonic() - start:.0f}")
    whole = time.monotonic() - begun
    print(f"seconds: {', '.join(took)}")
    print(f"everything in {whole / 60:.1f} minutes")
    return whole


def measure(
    lines: list[str], profile: Profile, gdprbench: str | None = None, ready: Path | None = None
) -> None:
    """These lines, in this process."""
    where = harness.machine()
    if lines[0] in {"16", "generator"}:  # without a database of ours
        from benchmarks import generator, line16_first_run

        alone = line16_first_run if lines == ["16"] else generator
        alone.measure(profile).write(profile, where)
        return
    data = harness.prepare(ready)
    from benchmarks import (
        line03_batch_read,
        line04_journal,
        line05_import,
        line08_access_package,
        line09_gdprbench,
        line10_search,
        line12_verify,
        line13_growth,
        line14_duplicates,
        line15_free_text,
        line17_list_page,
    )

    for number, generated in (("14", line14_duplicates), ("15", line15_free_text)):
        if lines == [number]:
            generated.measure(profile).write(profile, where)
    for number, large in (("10", line10_search), ("13", line13_growth), ("17", line17_list_page)):
        if lines == [number]:  # a register of up to a million
            bench = harness.found(data, replace(profile, customers=large.SIZES[profile.name][-1]))
            large.measure(bench).write(profile, where)
    others = (("03", line03_batch_read), ("04", line04_journal), ("12", line12_verify))
    for number, line in (*others, ("08", line08_access_package)):
        if lines == [number]:
            line.measure(harness.found(data, profile)).write(profile, where)
    if lines == ["09"]:
        size = gdprbench or {"quick": "quick", "full": "paper"}[profile.name]
        line09_gdprbench.measure(harness.found(data, profile), size).write(profile, where)
    for judged in (line05_import.AS_USUAL, line05_import.WITH_SM4):
        if lines == [judged.line]:
            bench = harness.found(data, profile, suite=judged.suite.id)
            line05_import.measure(bench, judged).write(profile, where)
    if lines[0] in (*TOGETHER[0], "memory"):
        _read(lines, harness.found(data, profile), where)


def _read(lines: list[str], bench: Bench, where: str) -> None:
    from benchmarks import concurrency, line01_protected_read, line02_read_over_http, memory

    ids = line01_protected_read.populate(bench)
    reading = (("01", line01_protected_read), ("02", line02_read_over_http))
    for number, line in (*reading, ("concurrency", concurrency), ("memory", memory)):
        if number in lines:
            line.measure(bench, ids).write(bench.profile, where)


if __name__ == "__main__":
    main()
