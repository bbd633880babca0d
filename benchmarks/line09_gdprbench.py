"""Line 9: GDPRBench's four workloads by the product's services and on a plain table, every answer compared.

Operations are drawn once, each with the answer that a model in memory gives, and done in slices by turns: ours, the
plain table, ours, … What was deleted by ours is destroyed with its keys, without a certificate: those come with
certified destruction.
"""

import time
from typing import Any

import psycopg

from benchmarks.gdprbench.operations import PROFILES, WORKLOADS, Model, Operation, draw
from benchmarks.gdprbench.ours import Ours
from benchmarks.gdprbench.plain import Plain
from benchmarks.harness import SEED, Bench, Result, Side

RESTED = 100  # operations after which nobody has looked at too many people
TIME, SPACE = (2.0, 1.3), (5.95, 3.5)  # at most: must, want
LIMITS = {
    "controller_time_ratio": (2.0, 1.0),
    **{f"{name}_time_ratio": TIME for name in WORKLOADS if name != "controller"},
    "wrong_answers": (0, 0),
    "space_factor": SPACE,
}


def slices(operations: list[Operation], count: int) -> list[list[Operation]]:
    size = -(-len(operations) // count)
    return [operations[start : start + size] for start in range(0, len(operations), size)]


class Running:
    """One side: how long each workload took, and what it answered otherwise than the model."""

    def __init__(self, driver: Ours | Plain) -> None:
        self._driver = driver
        self.took: dict[str, list[float]] = {name: [] for name in WORKLOADS}
        self.by_kind: dict[str, list[float]] = {}
        self.wrong: list[str] = []

    def run(self, workload: str, operations: list[Operation]) -> None:
        took = 0.0
        for number, one in enumerate(operations):
            if number % RESTED == 0:
                self._driver.rest()
            start = time.perf_counter()
            answer = self._driver.do(one)
            spent = time.perf_counter() - start
            took += spent
            self.by_kind.setdefault(one.kind, []).append(spent)
            if answer != one.answer:
                self.wrong.append(one.kind)
        self.took[workload].append(took)

    def seconds(self, workload: str) -> float:
        return sum(self.took[workload])

    def rates(self, operations: int) -> Side:
        """Operations of all four a second, slice by slice."""
        rounds = zip(*self.took.values(), strict=True)
        count = len(next(iter(self.took.values())))
        return Side([operations * len(self.took) / count / sum(one) for one in rounds])

    def milliseconds(self) -> dict[str, float]:
        """The mean of each query."""
        return {kind: round(sum(t) / len(t) * 1000, 2) for kind, t in sorted(self.by_kind.items())}


def size_of(connection: psycopg.Connection[Any]) -> int:
    connection.execute("VACUUM ANALYZE")
    found = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    return int(found[0]) if found else 0


def measure(bench: Bench, profile: str) -> Result:
    size = PROFILES[profile]
    model = Model(size, SEED)
    ours, personal = Ours(bench.world), model.bytes
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        before = size_of(connection)
        ours.load(model)
        space = size_of(connection) - before
        plain = Plain(connection)
        plain.load(model)
        connection.execute("CHECKPOINT")
        mine, theirs = Running(ours), Running(plain)
        for workload in WORKLOADS:
            for part in slices(draw(model, workload, size.operations), bench.profile.rounds):
                mine.run(workload, part)
                theirs.run(workload, part)
        plain_space = plain.space
    ratios = {f"{name}_time_ratio": round(mine.seconds(name) / theirs.seconds(name), 2) for name in WORKLOADS}
    return Result(
        line="09" if profile in {"quick", "paper"} else f"09-{profile}",
        name="GDPRBench: controller, customer, processor and regulator; deletion without certificate",
        size=f"{size.records:,} records of {size.users:,} customers, {size.operations:,} operations of each workload",
        unit="operations/s",
        ours=mine.rates(size.operations),
        baseline=theirs.rates(size.operations),
        baseline_name="plain PostgreSQL: the same operations on one table, metadata in columns, an audit row each",
        unprotected="no encryption, nobody decides, anybody may read and alter the audit rows, deleted rows stay on"
        " the disk and in backups, a purpose changes without a second person and without a notice",
        must=1 / TIME[0],
        want=1 / TIME[1],
        limits=LIMITS,
        more={
            **ratios,
            "wrong_answers": len(mine.wrong) + len(theirs.wrong),
            "wrong_kinds": sorted({*mine.wrong, *theirs.wrong}),
            "correct": f"{4 * size.operations - len(mine.wrong)} of {4 * size.operations}",
            "space_factor": round(space / personal, 2),
            "space_factor_of_plain": round(plain_space / personal, 2),  # with dead rows
            "personal_bytes_a_record": round(personal / size.records),
            "records": size.records,
            "milliseconds_an_operation": {
                name: round(mine.seconds(name) / size.operations * 1000, 2) for name in WORKLOADS
            },
            "seconds": {
                name: [round(mine.seconds(name), 1), round(theirs.seconds(name), 1)] for name in WORKLOADS
            },
            "milliseconds": mine.milliseconds(),
            "milliseconds_of_plain": theirs.milliseconds(),
        },
    )
