"""The generator of customers that demonstration, tests and benchmarks share: rows a second of one core."""

import csv
import io
import time

from benchmarks.harness import SEED, Profile, Result, Side
from shouxin.operations.demo.generation import generate
from shouxin.operations.demo.shapes import DemoCustomer

CUSTOMERS = {"quick": 2_000, "full": 20_000}  # a round
MUST, WANT = 20_000.0, 40_000.0


def _rows(customer: DemoCustomer) -> int:
    """A customer, each contact, order, lease and conversation of theirs, and each line of an order."""
    return 1 + len(customer.records) + sum(len(record.lines) for record in customer.records)


def _written(customers: tuple[DemoCustomer, ...]) -> None:
    writer = csv.writer(io.StringIO())
    for customer in customers:
        writer.writerow(customer.values.values())
        for record in customer.records:
            writer.writerow(record.values.values())
            writer.writerows(line.values() for line in record.lines)


def measure(profile: Profile) -> Result:
    ours, baseline, size, rows = Side(), Side(), CUSTOMERS[profile.name], 0
    for number in range(profile.rounds + 1):
        begun = time.process_time()
        made = generate(SEED + number, size).customers
        taken = time.process_time() - begun
        begun = time.process_time()
        _written(made)
        written = time.process_time() - begun
        rows = sum(map(_rows, made))
        if number:  # the first warms up
            ours.rates.append(rows / taken)
            baseline.rates.append(rows / written)
    return Result(
        line="generator",
        name="generated customers with contacts, orders, leases and conversations",
        size=f"{size:,} customers a round",
        unit="rows/s a core",
        ours=ours,
        baseline=baseline,
        baseline_name="the same rows written as CSV, in memory",
        unprotected="nothing is made up: every value is there already",
        must=MUST,
        want=WANT,
        judged="figure",
        more={"rows_a_customer": round(rows / size, 1)},
    )
