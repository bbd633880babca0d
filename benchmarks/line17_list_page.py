"""Line 17: a page of fifty customers of the list, masked and journalled, at three sizes of the register: the first,
one in the middle, by the last change, narrowed, and the whole answer of the web application as a browser gets it."""

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import psycopg

from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.line10_search import PURPOSE, Known, Loader, quantile

SIZES = {"quick": (1_000, 3_000, 10_000), "full": (10_000, 100_000, 1_000_000)}
PAGES = {"quick": 3, "full": 20}  # of each kind in a round
ROWS = 50
LIMITS = {"page_p95_ms": (300.0, 100.0)}
# Segments and provinces as a register has them; stored without them by the loader, since lists alone look at them.
SPREAD = """
UPDATE customers_customer SET segment = (ARRAY['', '消费者', '企业', '小微'])[1 + get_byte(uuid_send(id), 15) % 4],
    province = (ARRAY['', '北京', '广东', '西藏'])[1 + get_byte(uuid_send(id), 14) % 4] WHERE segment = ''
"""


class Listing:
    """Our side: a clerk's list, from the request for a page to its masked rows."""

    def __init__(self, bench: Bench, known: Known, connection: psycopg.Connection) -> None:
        self._bench, self._known, self._connection = bench, known, connection
        self._order = random.Random(SEED)
        self.took: dict[str, list[float]] = {kind: [] for kind in (*self._kinds(), "browser")}

    def _kinds(self) -> dict[str, dict[str, Any]]:
        from shouxin.customers.registry.listing import SORTS
        from shouxin.customers.registry.queries import Filters
        from shouxin.kit.lists import Place

        newer = self._known.ids[len(self._known.ids) // 2 :]  # enough are older
        middle = Place(after=self._order.choice(newer), size=ROWS)
        first, nothing = Place(size=ROWS), Filters()
        return {
            "first": {"place": first, "filters": nothing},
            "middle": {"place": middle, "filters": nothing},
            "last changed": {"place": first, "filters": nothing, "sort": SORTS[2]},
            "segment": {"place": first, "filters": replace(nothing, segment="企业")},
            "two filters": {"place": middle, "filters": replace(nothing, segment="企业", province="西藏")},
        }

    def round(self, count: int) -> float:
        """`count` pages of each kind, in turn; pages a second."""
        start, pages = time.perf_counter(), 0
        for _ in range(count):
            for kind, asked in self._kinds().items():
                pages += 1
                self._one(kind, asked)
            self._browser()
            pages += 1
        return pages / (time.perf_counter() - start)

    def _one(self, kind: str, asked: dict[str, Any]) -> None:
        from shouxin.customers.registry import listing
        from shouxin.kit import clock

        self._unlimited()
        start = time.perf_counter()
        page = listing.page(actor=self._bench.world.actor("clerk"), purpose=PURPOSE, now=clock.now(), **asked)
        self.took[kind].append(time.perf_counter() - start)
        assert page.customers, kind

    def _browser(self) -> None:
        from django.conf import settings
        from django.test import Client

        # Files are not served here; hashed names need them gathered first.
        settings.STORAGES["staticfiles"] = {
            "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        }
        self._unlimited()
        client = self._bench.world.signed_in(Client(SERVER_NAME="localhost"), "clerk")
        client.post("/purpose/", {"purpose": PURPOSE})
        start = time.perf_counter()
        answer = client.get("/customers/")
        self.took["browser"].append(time.perf_counter() - start)
        assert answer.status_code == 200, answer.status_code

    def _unlimited(self) -> None:
        """Nobody turns so many pages in a day; what stops them is not measured here."""
        self._connection.execute("DELETE FROM people_guarded_source")
        self._connection.execute("DELETE FROM gate_row_use")

    def forget(self) -> None:
        """What warmed up does not count."""
        for kind in self.took:
            self.took[kind].clear()


def table(listing: Listing) -> dict[str, dict[str, float]]:
    return {
        kind: {
            f"{name}_ms": round(quantile(took, share) * 1000, 1)
            for name, share in (("p50", 0.5), ("p95", 0.95))
        }
        for kind, took in listing.took.items()
    }


def measure(bench: Bench) -> Result:
    loader, known, sizes = Loader(bench), Known(), SIZES[bench.profile.name]
    count, per_size = PAGES[bench.profile.name], dict[str, Any]()
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        for size in sizes:
            loader.load(known, size)
            connection.execute(SPREAD)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
            listing, sides = Listing(bench, known, connection), (Side(), Side())
            select = _selecting(connection)
            for number in range(bench.profile.rounds + 1):
                rates = listing.round(count), select(count * 6)
                if number:
                    for side, rate in zip(sides, rates, strict=True):
                        side.rates.append(rate)
                else:
                    listing.forget()
            per_size[str(size)] = table(listing)
    largest = per_size[str(sizes[-1])]
    return Result(
        line="17",
        name="a page of fifty customers of the list, masked and journalled",
        size=f"{sizes[-1]:,} customers, all in the reader's scope",
        unit="pages/s",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="select of fifty rows in the order of the primary key, bare psycopg",
        unprotected="no encryption, no scope, no purpose, no mask, no journal, no page",
        must=0.0,
        want=0.0,
        limits=LIMITS,
        more={"page_p95_ms": worst(largest), "per_size": per_size},
    )


def worst(kinds: dict[str, dict[str, float]]) -> float:
    """The slowest of all that were asked for."""
    return max(took["p95_ms"] for took in kinds.values())


def _selecting(connection: psycopg.Connection) -> Callable[[int], float]:
    def run(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            rows: Sequence[Any] = connection.execute(
                "SELECT * FROM customers_customer ORDER BY id DESC LIMIT 50", prepare=True
            ).fetchall()
            assert rows
        return count / (time.perf_counter() - start)

    return run
