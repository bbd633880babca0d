"""Line 3: many customers a request over HTTP: a hundred customers by ten fields, opened, masked and journalled."""

import random
from uuid import UUID

from benchmarks import harness
from benchmarks.harness import SEED, Bench, Result
from benchmarks.line02_read_over_http import Load, ask, bounds, request, servers, tokens
from benchmarks.line05_import import FIELDS as KNOWN
from benchmarks.line05_import import rows

FIELDS = (
    "person_name", "mobile", "customer_no", "home_address", "postal_code", "gender", "email", "landline", "member_no",
    "member_level",
)  # fmt: skip
STORED = {"quick": 2_000, "full": 20_000}
CUSTOMERS = 100  # a request
CALLERS = 4
REQUESTS = 200  # a caller goes round this many different ones


def populate(bench: Bench) -> list[UUID]:
    """Customers who have all ten."""
    from shouxin.customers.registry import services
    from shouxin.kit import clock
    from tests.register import FOOTING

    clerk, ids = bench.world.actor("clerk"), []
    people = [
        {key: text for key, text in zip(KNOWN, row, strict=True) if key in FIELDS}
        for row in rows(STORED[bench.profile.name], 0)
    ]
    for batch in harness.batches(people):
        entries = [harness.entry(bench, row) for row in batch]
        ids += [
            done.customer
            for done in services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
        ]
    return ids


def measure(bench: Bench) -> Result:
    order, ids = random.Random(SEED), populate(bench)
    programs = tokens(bench, FIELDS, CALLERS)
    callers = [
        [request(token, order.sample(ids, CUSTOMERS), FIELDS) for _ in range(REQUESTS)] for token in programs
    ]
    ours, bare, processes = servers(bench)
    shown = ask(ours, programs[0], ids[:CUSTOMERS], FIELDS)["results"]
    assert len(shown) == CUSTOMERS
    assert all(len(one["values"]) == len(FIELDS) for one in shown)
    assert len(ask(bare, programs[0], ids[:CUSTOMERS], FIELDS)["sealed"]) >= CUSTOMERS
    mine, theirs = Load(ours, callers, bench.profile.seconds), Load(bare, callers, bench.profile.seconds)
    # Both cores are everybody's: web processes, database and askers. A core's share is what is judged.
    sides = harness.interleave(
        bench, lambda: mine() * CUSTOMERS / processes, lambda: theirs() * CUSTOMERS / processes
    )
    return Result(
        line="03",
        name="batch read over HTTP: token, limits, decision for each, opening, masks, journal for each",
        size=f"{CUSTOMERS} customers × {len(FIELDS)} fields a request, of {len(ids)}; {CALLERS} programs,"
        f" {processes} cores",
        unit="customers/s a core",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="bare WSGI application under the same server: the same customers' sealed bytes, unopened",
        unprotected="no token, no limits, no decision, nothing opened or masked, no entry in any journal",
        must=8_000,
        want=15_000,
        judged="figure",
        more=bounds(mine, theirs),
    )
