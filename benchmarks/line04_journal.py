"""Line 4: the journal: entries written durably by several at once, each sealed into the tree within a second.

Every append is what a protected read writes: one entry, a transaction of its own, waited for until it is on the
disk. The sealer is the product's own process and runs all the while. How long an entry waited for its place is what
the checkpoint that first covers it says, so it is measured of every entry, not of a sample.
"""

import os
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks import harness
from benchmarks.harness import Bench, Result

WRITERS = 8  # connections at once, as line 2 has programs
PATIENCE = 60.0
PURPOSE = "sales_contract"
FIELDS = ["customer_no", "home_address", "mobile", "person_name", "postal_code"]
BASELINE = """
INSERT INTO benchmark_entry (id, at, event, actor, customer, purpose, body) VALUES (%s, now(), %s, %s, %s, %s, %s)
"""
WAITED = """
    SELECT percentile_cont(ARRAY[0.5, 0.99, 1.0]) WITHIN GROUP (ORDER BY extract(epoch FROM c.at - e.at)), count(*)
    FROM journal_leaf l JOIN journal_entry e ON e.id = l.entry_id
    JOIN LATERAL (SELECT at FROM journal_checkpoint WHERE size > l.index ORDER BY size LIMIT 1) c ON true
    WHERE l.index >= %s
"""


def start_sealer(bench: Bench) -> subprocess.Popen[bytes]:
    bench.tell_processes()
    command = [sys.executable, "-m", "shouxin.journal.sealer", "--data", str(bench.data)]
    return subprocess.Popen(command, env=dict(os.environ))


class Appending:
    """Our side: `WRITERS` threads, each with the connection Django gives it."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self._actor, self.written = bench, bench.world.actor("clerk"), 0

    def round(self) -> float:
        return together(self._bench.profile.seconds, self._one, self._closed)

    def _one(self) -> None:
        from shouxin.journal import services as journal

        data: dict[str, Any] = {"purpose": PURPOSE, "fields": FIELDS, "reason": "delivery", "form": "masked"}
        journal.append_at_once(
            actor=self._actor, event="profile.viewed", rows=[(uuid4(), data)], purpose=PURPOSE
        )

    def _closed(self) -> None:
        from django.db import connection

        connection.close()


class Plain:
    """The baseline: the same columns into a table without any of the journal's protection, durable too."""

    def __init__(self, bench: Bench, actor: UUID) -> None:
        self._bench, self._actor, self._local = bench, actor, threading.local()
        self._conninfo = bench.known.conninfo("superuser", bench.database)
        with psycopg.connect(self._conninfo, autocommit=True) as connection:
            connection.execute("CREATE TABLE benchmark_entry (LIKE journal_entry INCLUDING INDEXES)")
            connection.execute("ALTER TABLE benchmark_entry ALTER xid SET DEFAULT pg_current_xact_id()")

    def round(self) -> float:
        return together(self._bench.profile.seconds, self._one, self._closed)

    def _one(self) -> None:
        if not hasattr(self._local, "connection"):
            self._local.connection = psycopg.connect(self._conninfo, autocommit=True)
        values = [uuid4(), "profile.viewed", self._actor, uuid4(), PURPOSE, b"\x01" + b"x" * 300]
        self._local.connection.execute(BASELINE, values, prepare=True)

    def _closed(self) -> None:
        self._local.connection.close()


def together(seconds: float, work: Any, end: Any) -> float:
    """How often a second `WRITERS` threads did `work`."""
    counts = [0] * WRITERS
    until = time.perf_counter() + seconds

    def write(number: int) -> None:
        while time.perf_counter() < until:
            work()
            counts[number] += 1
        end()

    start = time.perf_counter()
    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - start)


def _settled(connection: psycopg.Connection) -> int:
    """How many are sealed, once none waits any more."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        found = connection.execute(
            "SELECT (SELECT count(*) FROM journal_entry), (SELECT count(*) FROM journal_leaf)"
        ).fetchone()
        if found and found[0] == found[1]:
            return int(found[0])
        time.sleep(0.1)
    raise SystemExit("the sealer did not keep up")


def measure(bench: Bench) -> Result:
    appending = Appending(bench)
    plain = Plain(bench, bench.world.actor("clerk").pseudonym)
    sealer = start_sealer(bench)
    try:
        with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as watching:
            before = _settled(watching)
            ours, baseline = harness.interleave(bench, appending.round, plain.round)
            _settled(watching)
            found = watching.execute(WAITED, [before]).fetchone()
    finally:
        sealer.terminate()
        with suppress(subprocess.TimeoutExpired):
            sealer.wait(PATIENCE)
    assert found
    (middle, most, worst), count = found
    return Result(
        line="04",
        name="journal: durable entries one by one from several connections, each sealed into the tree",
        size=f"{count} entries, {WRITERS} connections in one process, the sealer beside them",
        unit="entries/s",
        ours=ours,
        baseline=baseline,
        baseline_name="INSERT of the same columns into a table with the same indexes, the same number of connections",
        unprotected="no tree, no signature, no check of what stands in an entry, a table anybody may alter",
        must=3_000,
        want=20_000,
        judged="figure",
        limits={"sealed_p99_s": (1.0, 0.5)},
        more={
            "sealed_p50_s": round(middle, 3),
            "sealed_p99_s": round(most, 3),
            "sealed_longest_s": round(worst, 3),
        },
    )
