"""`python -m benchmarks [--full] [--line 01 …]`: measure, print, write benchmarks/results/<line>.json."""

import argparse
from dataclasses import replace

from benchmarks import harness
from benchmarks.harness import Profile

LINES = ("01", "02", "03", "04", "05", "10", "12", "14", "15", "16", "17")
ON_REGISTER = {"01", "02"}  # of the same customers, stored once


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("--full", action="store_true", help="100,000 customers instead of 10,000")
    parser.add_argument("--line", action="append", choices=LINES, help="measure this line alone")
    chosen = parser.parse_args()
    lines, profile = chosen.line or LINES, Profile.of(full=chosen.full)
    where = harness.machine()
    data = harness.prepare()
    from benchmarks import (
        line01_protected_read,
        line02_read_over_http,
        line03_batch_read,
        line04_journal,
        line05_import,
        line10_search,
        line12_verify,
        line14_duplicates,
        line15_free_text,
        line16_first_run,
        line17_list_page,
    )

    if "14" in lines:
        line14_duplicates.measure(profile).write(profile, where)
    if "15" in lines:
        line15_free_text.measure(profile).write(profile, where)
    for number, line in (("10", line10_search), ("17", line17_list_page)):
        if lines == [number]:  # a register of its own, up to a million
            bench = harness.found(data, replace(profile, customers=line.SIZES[profile.name][-1]))
            line.measure(bench).write(profile, where)
    if "16" in lines:
        line16_first_run.measure(profile).write(profile, where)
    if not {"03", "04", "05", "12", *ON_REGISTER} & {*lines}:
        return
    bench = harness.found(data, profile)
    for number, line in (
        ("03", line03_batch_read),
        ("04", line04_journal),
        ("12", line12_verify),
        ("05", line05_import),
    ):
        if number in lines:
            line.measure(bench).write(profile, where)
    ids = line01_protected_read.populate(bench) if ON_REGISTER & {*lines} else []
    for number, line in (("01", line01_protected_read), ("02", line02_read_over_http)):
        if number in lines:
            line.measure(bench, ids).write(profile, where)


if __name__ == "__main__":
    main()
