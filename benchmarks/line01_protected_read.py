"""Line 1: a protected read in the library: decide, open one category, mask five fields, journal, durable commit."""

import random
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg

from benchmarks import harness
from benchmarks.harness import SEED, Bench, Result

PURPOSE = "sales_contract"
FIELDS = ("person_name", "mobile", "customer_no", "home_address", "postal_code")
PLAIN = ("person_name", "mobile", "customer_no", "home_address", "postal_code", "gender", "email", "segment")
BROKEN_DOWN = 1_000  # reads whose stages are timed
BASELINE = """
WITH audit AS (
    INSERT INTO benchmark_audit (id, at, event, actor, customer, purpose, body)
    VALUES (%s, now(), 'field.read', %s, %s, 'sales_contract', %s))
SELECT person_name, mobile, customer_no, home_address, postal_code FROM benchmark_plain WHERE id = %s
"""


def populate(bench: Bench) -> list[UUID]:
    """Customers in the register, and the same ones in a plain table with the columns' clear values."""
    from shouxin.customers.registry import services
    from shouxin.kit import clock
    from tests.register import FOOTING

    clerk, ids = bench.world.actor("clerk"), []
    rows = [{key: row[key] for key in PLAIN if key in row} for row in harness.people(bench.profile.customers)]
    for batch in harness.batches(rows):
        done = services.store(
            actor=clerk,
            footing=FOOTING,
            entries=[harness.entry(bench, row) for row in batch],
            now=clock.now(),
        )
        ids += [stored.customer for stored in done]
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        columns = ", ".join(f"{name} text" for name in PLAIN)
        connection.execute(f"CREATE TABLE benchmark_plain (id uuid PRIMARY KEY, {columns})")
        connection.execute(
            "CREATE TABLE benchmark_audit (id uuid PRIMARY KEY, at timestamptz, event text, actor uuid,"
            " customer uuid, purpose text, body bytea)"
        )
        connection.execute("CREATE INDEX ON benchmark_audit (customer, id)")
        connection.execute("GRANT ALL ON benchmark_plain, benchmark_audit TO PUBLIC")
        with connection.cursor().copy("COPY benchmark_plain FROM STDIN") as copy:
            for identity, row in zip(ids, rows, strict=True):
                copy.write_row([identity, *(row.get(name) for name in PLAIN)])
        connection.execute("VACUUM ANALYZE")
        connection.execute("CHECKPOINT")
    return ids


class Protected:
    """Our side: what a clerk's look at one customer asks of the library."""

    def __init__(self, bench: Bench, ids: list[UUID], order: random.Random) -> None:
        self._actor, self._ids, self._order = bench.world.actor("clerk"), ids, order
        self._latencies: list[float] = []

    def read(self) -> None:
        from shouxin.core.policy import Action, Form
        from shouxin.gate import services as gate
        from shouxin.kit import clock

        customer, start = self._order.choice(self._ids), time.perf_counter()
        opened = gate.open_sealed(
            actor=self._actor,
            purpose=PURPOSE,
            customers=[customer],
            fields=FIELDS,
            action=Action.READ,
            reason="order",
            now=clock.now(),
            records=[customer],
        )
        self._latencies.append(time.perf_counter() - start)
        shown = opened.revealed.of(customer)
        assert len(shown) == len(FIELDS)
        assert shown["mobile"].form is Form.MASKED

    def percentiles(self) -> dict[str, int]:
        ordered = sorted(self._latencies)
        return {f"p{share}_us": round(ordered[int(len(ordered) * share / 100)] * 1e6) for share in (50, 99)}


class Spent:
    """Processor time by stage: ours by the process's own clock, PostgreSQL's by that of its backend."""

    def __init__(self, backend: int) -> None:
        self._backend = Path(f"/proc/{backend}/schedstat")
        self.stages: dict[str, list[float]] = {}

    def watch(self, place: Any, name: str, stage: str, *, statement: bool = False) -> None:
        """Note what `place.name` costs each time it is called; reading the backend's clock is not counted as ours."""
        work, noted = getattr(place, name), self.stages.setdefault(stage, [0.0, 0.0])

        def timed(*given: Any, **named: Any) -> Any:
            theirs = self.database() if statement else 0.0
            mine = time.process_time()
            try:
                return work(*given, **named)
            finally:
                noted[0] += (time.process_time() - mine) * 1e6
                noted[1] += self.database() - theirs if statement else 0.0

        setattr(place, name, timed)

    def database(self) -> float:
        """Microseconds that the backend has had a processor."""
        return int(self._backend.read_text(encoding="ascii").split()[0]) / 1000


def breakdown(protected: Protected) -> dict[str, str]:
    """Where the microseconds of a read go; runs last, since it leaves its clocks behind."""
    from django.db import connection

    from shouxin.core.crypto.whole import Whole
    from shouxin.gate import again
    from shouxin.gate import services as gate
    from shouxin.journal import rows
    from shouxin.vault import opening

    spent = Spent(connection.connection.info.backend_pid)
    mine, theirs = time.process_time(), spent.database()
    for _ in range(BROKEN_DOWN):
        protected.read()
    whole = [(time.process_time() - mine) * 1e6, spent.database() - theirs]
    # A read like one before: anything else would be noted under "statements of other kinds".
    spent.watch(again, "execute_early", "facts, blobs and journal entry: one statement", statement=True)
    spent.watch(gate, "settle", "waiting for its commit", statement=True)
    spent.watch(gate, "question_facts", "statements of other kinds", statement=True)
    spent.watch(again, "renewed", "decision, given again")
    spent.watch(Whole, "open", "unwrapping keys, checking heads, opening blobs")
    spent.watch(opening, "_put", "values, masking")
    spent.watch(rows.Repeated, "values", "journal entry, encoding")
    for _ in range(BROKEN_DOWN):
        protected.read()
    parts = spent.stages | {"everything": whole}
    rest = [whole[side] - sum(part[side] for part in spent.stages.values()) for side in (0, 1)]
    parts["the rest"] = [max(0.0, side) for side in rest]
    return {
        stage: f"{part[0] / BROKEN_DOWN:.0f} Python, {part[1] / BROKEN_DOWN:.0f} PostgreSQL"
        for stage, part in parts.items()
    }


def measure(bench: Bench, ids: list[UUID]) -> Result:
    order = random.Random(SEED)
    protected = Protected(bench, ids, order)
    with psycopg.connect(bench.known.conninfo("application", bench.database), autocommit=True) as bare:
        pseudonym, body = bench.world.actor("clerk").pseudonym, b"\x01" + b"x" * 300

        def plain() -> None:
            customer = order.choice(ids)
            found = bare.execute(
                BASELINE, [uuid4(), pseudonym, customer, body, customer], prepare=True
            ).fetchone()
            assert found

        seconds = bench.profile.seconds
        ours, baseline = harness.interleave(
            bench,
            lambda: harness.rate_within(seconds, protected.read),
            lambda: harness.rate_within(seconds, plain),
        )
    return Result(
        line="01",
        name="protected read in the library: decide, open one category, mask five fields, journal, durable commit",
        size=f"{len(ids)} customers, one connection",
        unit="reads/s",
        ours=ours,
        baseline=baseline,
        baseline_name="bare psycopg: one statement that selects the plain row and inserts an audit row",
        unprotected="no encryption, no decision, no masks, no purpose, an audit row anybody may alter",
        must=0.60,
        want=0.80,
        more=protected.percentiles() | {"processor_microseconds": breakdown(protected)},
    )
