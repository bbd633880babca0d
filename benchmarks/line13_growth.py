"""Line 13: what reads, searches and the list cost at a hundred times as many customers.

One register grows; at each size the same is asked of it. Destruction (line 7) is a part of the line that waits for
certified destruction. Beside ours stands a select by primary key, which tells what the machine does meanwhile.
"""

import random
import time
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import psycopg

from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.line02_read_over_http import Load, ask, request, start, tokens
from benchmarks.line10_search import FIELDS, PURPOSE, TERMS, Known, Loader, quantile

SIZES = {"quick": (1_000, 10_000), "full": (10_000, 100_000, 1_000_000)}
TIMES = {"quick": 20, "full": 200}  # of each kind in a round
CUSTOMERS = 100  # a request of many
CALLERS, REQUESTS = 2, 50
AT_MOST = (1.5, 1.15)
KINDS = ("read", "batch", "phone", "two_characters", "list_page")


class Asking:
    """Everything that is asked at one size; what each took, in seconds."""

    def __init__(self, bench: Bench, known: Known, connection: psycopg.Connection[Any]) -> None:
        self._bench, self._known, self._connection = bench, known, connection
        self._clerk, self._order = bench.world.actor("clerk"), random.Random(SEED)
        self.took: dict[str, list[float]] = {kind: [] for kind in (*KINDS, "select")}

    def round(self, count: int) -> None:
        asked: dict[str, Callable[[], object]] = {
            "read": self._read,
            "phone": lambda: self._search("phone", self._known.people),
            "two_characters": lambda: self._search("two characters", self._known.unspaced),
            "list_page": self._list,
            "select": self._select,
        }
        for _ in range(count):
            for kind, work in asked.items():
                self._unlimited()
                begun = time.perf_counter()
                work()
                self.took[kind].append(time.perf_counter() - begun)

    def _read(self) -> None:
        from shouxin.core.policy import Action
        from shouxin.gate import services as gate
        from shouxin.kit import clock

        customer = self._order.choice(self._known.ids)
        opened = gate.open_sealed(
            actor=self._clerk,
            purpose=PURPOSE,
            customers=[customer],
            fields=FIELDS,
            action=Action.READ,
            reason="order",
            now=clock.now(),
            records=[customer],
        )
        assert len(opened.revealed.of(customer)) == len(FIELDS)

    def _search(self, kind: str, people: Sequence[dict[str, str]]) -> None:
        """Candidates found, opened and compared, as `search` does before it shows a page."""
        from shouxin.customers.registry import search
        from shouxin.customers.registry.queries import Filters
        from shouxin.gate.facts import rules
        from shouxin.kit import clock

        term = TERMS[kind](self._order.choice(people))
        with rules["rulebook"].held(None):
            search.look_up(
                actor=self._clerk, purpose=PURPOSE, terms=[term], filters=Filters(), now=clock.now()
            )

    def _list(self) -> None:
        from shouxin.customers.registry import listing
        from shouxin.customers.registry.queries import Filters
        from shouxin.kit import clock
        from shouxin.kit.lists import Place

        page = listing.page(
            actor=self._clerk, purpose=PURPOSE, filters=Filters(), place=Place(size=50), now=clock.now()
        )
        assert page.customers

    def _select(self) -> None:
        self._connection.execute(
            "SELECT * FROM customers_customer WHERE id = %s",
            [self._order.choice(self._known.ids)],
            prepare=True,
        ).fetchone()

    def _unlimited(self) -> None:
        """Nobody looks so much up in a day; what stops them is not measured here."""
        self._connection.execute("DELETE FROM people_guarded_source")
        self._connection.execute("DELETE FROM gate_row_use")


class Batches:
    """Many customers a request over HTTP, from one web server that stays while the register grows."""

    def __init__(self, bench: Bench) -> None:
        from shouxin.operations.server.web import process_count

        bench.tell_processes()
        self._bench, self._tokens = bench, tokens(bench, FIELDS, CALLERS)
        self._port = start(bench, "shouxin.operations.server.web", SHOUXIN_WEB_PROCESSES=str(process_count()))

    def seconds(self, ids: Sequence[UUID], rounds: int) -> list[float]:
        """The median of an answer, in each round."""
        order = random.Random(SEED)
        callers = [
            [request(token, order.sample(ids, CUSTOMERS), FIELDS) for _ in range(REQUESTS)]
            for token in self._tokens
        ]
        assert len(ask(self._port, self._tokens[0], ids[:CUSTOMERS], FIELDS)["results"]) == CUSTOMERS
        load = Load(self._port, callers, self._bench.profile.seconds)
        for _ in range(rounds + 1):
            load()
        return [one / 1000 for one in load.p50[1:]]


def measure(bench: Bench) -> Result:
    loader, known, sizes = Loader(bench), Known(), SIZES[bench.profile.name]
    count, costs = TIMES[bench.profile.name], dict[int, dict[str, float]]()
    rates = dict[int, Side]()
    batches = Batches(bench)
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        for size in sizes:
            loader.load(known, size)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
            asking, rates[size] = Asking(bench, known, connection), Side()
            asking.round(count)
            for took in asking.took.values():
                took.clear()  # what warmed up does not count
            for _ in range(bench.profile.rounds):
                asking.round(count)
                rates[size].rates.append(count / sum(asking.took["read"][-count:]))
            asking.took["batch"] = batches.seconds(known.ids, bench.profile.rounds)
            costs[size] = {kind: quantile(took, 0.5) * 1000 for kind, took in asking.took.items()}
    small, large = costs[sizes[0]], costs[sizes[-1]]
    growth = {f"{kind}_growth": round(large[kind] / small[kind], 2) for kind in (*KINDS, "select")}
    return Result(
        line="13",
        name="growth: a read, a hundred in one request, two searches, a page of the list; destruction waits",
        size=f"{sizes[0]:,} customers against {sizes[-1]:,}",
        unit="reads/s",
        ours=rates[sizes[-1]],
        baseline=rates[sizes[0]],
        baseline_name=f"the same at {sizes[0]:,} customers",
        unprotected="nothing: it is the same",
        must=0.0,
        want=0.0,
        limits={f"{kind}_growth": AT_MOST for kind in KINDS},
        more={
            **growth,
            "per_size": {
                str(size): {f"{kind}_p50_ms": round(took, 2) for kind, took in found.items()}
                for size, found in costs.items()
            },
        },
    )
