"""Line 5: an import of CSV with 20 fields: validation, sealing, search indexes, journal.

Three figures. The *sealing stage* is our processor time from the file to every byte that is to be stored (blobs,
wrapped keys, heads, tokens, journal entries, all other rows), which are then thrown away instead of sent: rows a second
of one core. *Stored* is the same with PostgreSQL, durable, by one process. *End to end* is an import as the console
does it, of a file that was handed in, by as many processes as the machine has cores.
"""

import csv
import itertools
import random
import statistics
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from benchmarks import harness
from benchmarks.harness import BATCH, SEED, Bench, Result
from shouxin.core.crypto.suites import AES_256_GCM_HMAC_SHA256, SM4_GCM_HMAC_SM3, Suite

PURPOSE = "leasing"
FIELDS = (
    "customer_no", "person_name", "gender", "birth_date", "id_type", "id_number", "id_valid_to", "mobile",
    "landline", "email", "wechat_id", "home_address", "household_address", "postal_code", "employer", "job_title",
    "income", "member_no", "member_level", "remark",
)  # fmt: skip
KEYS = ("customer_no",)
ROWS = {"quick": 4_000, "full": 20_000}  # a side of a round
WHOLE = {"quick": 20_000, "full": 1_000_000}  # end to end
MINUTES = (3.0, 3.0)  # for a million rows
MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Judged:
    """A line of the table: which suite seals, and what must and should come of it."""

    line: str
    suite: Suite
    must: float
    want: float


AS_USUAL = Judged("05", AES_256_GCM_HMAC_SHA256, 15_000, 25_000)
WITH_SM4 = Judged("06", SM4_GCM_HMAC_SM3, 6_000, 10_000)


def rows(count: int, start: int) -> list[list[str]]:
    """Persons with all twenty fields, each number used once in a run."""
    from shouxin.operations.demo import names, numbers, places

    made = []
    for number in range(start, start + count):
        r = random.Random(f"{SEED} {number}")
        who, where = names.person(r), places.place(r)
        born = numbers.day(r, harness.EARLIEST, harness.LATEST)
        made.append(
            [
                f"IM-{number:08d}", who.name, who.sex, born.isoformat(), "居民身份证",
                numbers.resident_id(r, where.code[:2], born, who.sex), "2035-06-30", numbers.mobile(r),
                numbers.landline(r, where.area_code), numbers.email(r, who.account), f"wx_{number}",
                places.home(r, where), places.home(r, where), places.postal_code(r, where), "云海贸易有限公司",
                "采购专员", f"{r.randint(60, 900)}000.00", f"M{number:08d}", "银卡", "上午联系，送货前先打电话",
            ]
        )  # fmt: skip
    return made


def write(path: Path, content: list[list[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        writer.writerows(content)


def write_many(path: Path, count: int, start: int) -> None:
    """As `write`, some rows at a time."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(FIELDS)
        for begin in range(0, count, BATCH):
            writer.writerows(rows(min(BATCH, count - begin), start + begin))


class Sealing:
    """Our side: read, check every value, seal with indexes and journal, two thousand at a time."""

    def __init__(self, bench: Bench) -> None:
        from shouxin.customers.registry.entries import Footing
        from shouxin.customers.registry.models import Channel, Method

        self._actor = bench.world.actor("clerk")
        self._sales = bench.world.departments["sales"].id
        self._footing = Footing(PURPOSE, Channel.MIGRATION, Method.IMPORT)
        self.stages = {"read": 0.0, "validate": 0.0, "store": 0.0}
        self.cpu = 0.0
        self.rows = 0

    def run(self, path: Path) -> int:
        from shouxin.customers.registry import services
        from shouxin.customers.registry.entries import CustomerEntry
        from shouxin.customers.registry.models import Kind, Scope
        from shouxin.customers.registry.rules import Checking, required_fields
        from shouxin.gate.facts import rules
        from shouxin.kit import clock

        count, cpu = 0, time.process_time()
        book = rules["rulebook"]
        fields, purpose = book.fields(), book.purpose(PURPOSE)
        assert purpose is not None
        required = required_fields("profile", "person", fields, purpose)
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file)
            while True:
                start = time.perf_counter()
                batch = list(itertools.islice(reader, BATCH))
                read = time.perf_counter()
                if not batch:
                    break
                now = clock.now()
                checking, entries = Checking("profile", fields, purpose, now.date(), KEYS), []
                for row in batch:
                    checked = checking.check(row, required)
                    assert not checked.refused, checked.problems
                    entries.append(CustomerEntry(Kind.PERSON, checked.values, self._sales, Scope.DEPARTMENT))
                validated = time.perf_counter()
                services.store(actor=self._actor, footing=self._footing, entries=entries, now=now)
                stored = time.perf_counter()
                self.stages["read"] += read - start
                self.stages["validate"] += validated - read
                self.stages["store"] += stored - validated
                count += len(batch)
        self.cpu += time.process_time() - cpu
        self.rows += count
        return count


@contextmanager
def thrown_away() -> Iterator[None]:
    """Rows are made as ever and then not sent; what was stored besides is rolled back."""
    from django.db import transaction

    from shouxin.kit import statements

    def drain(table: str, columns: tuple[str, ...], rows: Iterable[bytes]) -> None:  # noqa: ARG001 - as `copy`
        for _row in rows:
            pass

    sent = statements.copy
    statements.copy = drain
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        statements.copy = sent


def imported(bench: Bench, path: Path, count: int) -> dict[str, Any]:
    """A file handed in, checked and run, as from the console; how long a million rows would take."""
    from benchmarks import importing

    done = importing.imported(bench, path, FIELDS, PURPOSE, count, every=importing.SELDOM)
    ended = done.check_seconds + done.run_seconds
    return {
        "million_minutes": round(ended / count * MILLION / 60, 2),
        "end_to_end_rows": count,
        "checked_rows_per_second": round(count / done.check_seconds, 1),
        "run_rows_per_second": round(count / done.run_seconds, 1),
        "processes": done.processes,
        "peak_mib": done.peak_mib,
    }


def copy_plain(connection: psycopg.Connection, path: Path) -> int:
    """The baseline: csv read and binary COPY of plain columns, one durable commit."""
    statement = sql.SQL("COPY benchmark_import FROM STDIN (FORMAT BINARY)")
    count = 0
    with path.open(encoding="utf-8", newline="") as file, connection.transaction():
        reader = csv.reader(file)
        next(reader)
        with connection.cursor() as cursor, cursor.copy(statement) as copy:
            copy.set_types(["text"] * len(FIELDS))
            for row in reader:
                copy.write_row(row)
                count += 1
    return count


@dataclass(slots=True)
class Rounds:
    """What the rounds came to."""

    sealing: Sealing
    stored: Sealing
    sides: tuple[harness.Side, harness.Side]
    stored_rates: list[float]
    groups: int
    tokens: int


def rounds(bench: Bench, size: int) -> Rounds:
    """The sealing stage and the baseline by turns; after each sealing stage the same file is stored."""
    sealing, stored, rates = Sealing(bench), Sealing(bench), list[float]()
    files = [bench.data / "run" / f"import-{number}.csv" for number in range(bench.profile.rounds + 1)]
    for number, file in enumerate(files):
        write(file, rows(size, 1 + number * size))
    mine, theirs = iter(files), iter(files)

    def ours() -> float:
        file, before = next(mine), sealing.cpu
        with thrown_away():
            sealing.run(file)
        begun = time.perf_counter()
        stored.run(file)
        rates.append(size / (time.perf_counter() - begun))
        return size / (sealing.cpu - before)

    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        columns = ", ".join(f"{name} text" for name in FIELDS)
        connection.execute(f"CREATE TABLE benchmark_import ({columns})")

        def baseline() -> float:
            file, start = next(theirs), time.perf_counter()
            return copy_plain(connection, file) / (time.perf_counter() - start)

        sides = harness.interleave(bench, ours, baseline)
        tokens, groups = connection.execute(
            "SELECT (SELECT count(*) FROM vault_search_token) + (SELECT count(*) FROM vault_business_key),"
            " (SELECT count(*) FROM vault_group)"
        ).fetchone() or (0, 0)
    for file in files:
        file.unlink()
    return Rounds(sealing, stored, sides, rates[1:], groups, tokens)


def measure(bench: Bench, judged_as: Judged = AS_USUAL) -> Result:
    """`bench` seals with its organisation's suite; `judged_as` says what is expected of that."""
    size, whole = ROWS[bench.profile.name], WHOLE[bench.profile.name]
    done = rounds(bench, size)
    sealing, stored = done.sealing, done.stored
    path = bench.data / "run" / "whole.csv"
    write_many(path, whole, stored.rows + 1)
    end_to_end = imported(bench, path, whole)
    path.unlink()
    spent = sum(sealing.stages.values())
    return Result(
        line=judged_as.line,
        name=f"import with {judged_as.suite.name}: CSV, 20 fields, validation, search indexes, journal",
        size=f"{size} rows a round in batches of {BATCH}; end to end {whole:,} rows",
        unit="rows/s a core, sealing stage",
        ours=done.sides[0],
        baseline=done.sides[1],
        baseline_name="csv read and binary COPY of twenty plain text columns",
        unprotected="no encryption, no validation, no search index, no provenance, no journal, no primary key",
        must=judged_as.must,
        want=judged_as.want,
        judged="figure",
        limits={"million_minutes": MINUTES},
        more={
            **end_to_end,
            "stored_rows_per_second": round(statistics.median(done.stored_rates), 1),
            "stored_rows_per_cpu_second": round(stored.rows / stored.cpu, 1),
            "groups_a_row": round(done.groups / stored.rows, 2),
            "tokens_and_keys_a_row": round(done.tokens / stored.rows, 2),
            "share_of_time": {stage: round(part / spent, 3) for stage, part in sealing.stages.items()},
        },
    )
