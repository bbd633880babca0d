"""Line 8: the access package of one customer with 200 events: everything kept, from every room, reviewed and frozen."""

import random
import time
from uuid import UUID

import psycopg

from benchmarks import harness
from benchmarks.harness import SEED, Bench, Result
from benchmarks.line01_protected_read import PLAIN

EVENTS = 200  # half of them dealings in the register, half reads in the journal
CUSTOMERS = {"quick": 20, "full": 60}
PURPOSE = "sales_contract"
LIMITS = {"package_p99_ms": (100.0, 30.0)}
TABLES = ("benchmark_values", "benchmark_events")


def populate(bench: Bench) -> list[tuple[UUID, UUID]]:
    """Customers with their dealings and reads, each with a request in hand; and the same as plain rows."""
    from shouxin.customers.registry import services
    from shouxin.customers.registry.entries import RecordEntry
    from shouxin.customers.registry.models import RecordKind
    from shouxin.customers.registry.rules import Kept
    from shouxin.kit import clock
    from tests.register import FOOTING

    clerk, now = bench.world.actor("clerk"), clock.now()
    entries = []
    for values in harness.people(CUSTOMERS[bench.profile.name]):
        entry = harness.entry(bench, {key: values[key] for key in PLAIN if key in values})
        entry.records = [
            RecordEntry(
                RecordKind.ORDER,
                {
                    "order_no": Kept(f"{values.get('customer_no', 'N')}-{number:04}", 1),
                    "order_date": Kept(f"2026-0{1 + number % 9}-11", 1),
                },
            )
            for number in range(EVENTS // 2)
        ]
        entries.append(entry)
    done = services.store(actor=clerk, footing=FOOTING, entries=entries, now=now)
    cases = [(one.customer, _case(bench, one.customer)) for one in done]
    _plain(bench, cases)
    return cases


def _case(bench: Bench, customer: UUID) -> UUID:
    """A request to see everything, identified and in hand, after many reads of the customer."""
    from django.db import transaction

    from shouxin.journal import services as journal
    from shouxin.kit import clock
    from shouxin.rights.cases import services
    from shouxin.rights.cases.keeping import Words
    from shouxin.rights.cases.models import Channel, Check, Kind

    clerk, now = bench.world.actor("clerk"), clock.now()
    with transaction.atomic():
        for _n in range(EVENTS // 2):
            data = {"purpose": PURPOSE, "fields": ["mobile", "person_name"], "reason": "order", "grants": []}
            journal.append(actor=clerk, event="field.revealed", customer=customer, purpose=PURPOSE, data=data)
    asked = services.Asked(Kind.ACCESS, Channel.COUNTER, Words("请给我看全部信息"), customer)
    case = services.file(actor=clerk, asked=asked, now=now).case.id
    services.take(actor=clerk, case=case, now=now)
    services.check(actor=clerk, case=case, method=Check.Method.IN_PERSON, now=now)
    return case


def _plain(bench: Bench, cases: list[tuple[UUID, UUID]]) -> None:
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        connection.execute(
            "CREATE TABLE benchmark_values (customer uuid, record int, field text, value text)"
        )
        connection.execute(
            "CREATE TABLE benchmark_events (customer uuid, at timestamptz, actor uuid, event text)"
        )
        for customer, _case_id in cases:
            connection.execute(
                "INSERT INTO benchmark_values SELECT %s, n, f, 'value ' || n FROM generate_series(1, %s) n,"
                " unnest(ARRAY['order_no', 'order_date']) f",
                [customer, EVENTS // 2],
            )
            connection.execute(
                "INSERT INTO benchmark_events SELECT %s, now(), gen_random_uuid(), 'field.revealed'"
                " FROM generate_series(1, %s)",
                [customer, EVENTS // 2],
            )
        for table in TABLES:
            connection.execute(f"CREATE INDEX ON {table} (customer)")
        connection.execute("GRANT ALL ON benchmark_values, benchmark_events TO PUBLIC")
        connection.execute("VACUUM ANALYZE")


def measure(bench: Bench) -> Result:
    cases, order = populate(bench), random.Random(SEED)
    clerk, took, sizes = bench.world.actor("clerk"), list[float](), list[int]()

    def package() -> None:
        from shouxin.kit import clock
        from shouxin.rights.packages import services

        _customer, case = order.choice(cases)
        start = time.perf_counter()
        services.assemble(actor=clerk, case=case, now=clock.now())
        done = services.freeze(actor=clerk, case=case, withheld={}, now=clock.now())
        took.append((time.perf_counter() - start) * 1e3)
        assert sum(done.counts.values()) >= EVENTS
        sizes.append(done.size or 0)

    with psycopg.connect(bench.known.conninfo("application", bench.database), autocommit=True) as bare:

        def plain() -> None:
            customer, _case_id = order.choice(cases)
            for table in TABLES:
                bare.execute(f"SELECT * FROM {table} WHERE customer = %s", [customer]).fetchall()

        seconds = bench.profile.seconds
        ours, baseline = harness.interleave(
            bench,
            lambda: harness.rate_within(seconds, package),
            lambda: harness.rate_within(seconds, plain),
        )
    ordered = sorted(took)
    shares = {f"package_p{n}_ms": round(ordered[int(len(ordered) * n / 100)], 1) for n in (50, 99)}
    return Result(
        line="08",
        name="access package: everything kept of one customer put together, sealed, written and frozen by hash",
        size=f"{len(cases)} customers with {EVENTS} events, one connection",
        unit="packages/s",
        ours=ours,
        baseline=baseline,
        baseline_name="bare psycopg: SELECT of the plain rows",
        unprotected="no encryption, no journal, no purpose, source or period, nothing to hand over",
        must=0.0,
        want=0.0,
        limits=LIMITS,
        more=shares | {"archive_bytes": max(sizes)},
    )
