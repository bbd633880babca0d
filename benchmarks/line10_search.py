"""Line 10: finding a customer over sealed values at three sizes of the register: by phone, ID and member number, by two
characters of a name, by the last four of a phone, and by a surname with them."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import harness
from benchmarks.harness import SEED, Bench, Result, Side
from shouxin.core.identifiers import spelling

PURPOSE = "sales_contract"
FIELDS = ("person_name", "mobile", "id_number", "customer_no", "member_no")
SIZES = {"quick": (1_000, 3_000, 10_000), "full": (10_000, 100_000, 1_000_000)}
SEARCHES = {"quick": 5, "full": 40}  # of each kind in a round
BATCH = 5_000
KEPT = 5_000  # customers whose values are remembered, to be looked for
STAGES = ("found", "whole")
LIMITS = {
    "phone_found_p99_ms": (10.0, 3.0),
    "last_four_found_p99_ms": (10.0, 3.0),
    "names_found_p99_ms": (50.0, 15.0),
}


@dataclass(slots=True)
class Known:
    """What was stored, as far as it is looked for."""

    ids: list[UUID] = field(default_factory=list)
    people: list[dict[str, str]] = field(default_factory=list)
    stored: int = 0

    @property
    def unspaced(self) -> list[dict[str, str]]:
        """Those whose name ends in characters: two letters of a foreign word find nobody."""
        return [one for one in self.people if len(spelling.unspaced(one["person_name"][-2:])) > 1]


def persons(start: int, count: int) -> Iterator[dict[str, str]]:
    """Names as frequent as in the demonstration organisation, numbers used once."""
    from shouxin.operations.demo import names, numbers

    r = random.Random(f"{SEED} {start}")
    for number in range(start, start + count):
        who = names.person(r)
        born = numbers.day(r, harness.EARLIEST, harness.LATEST)
        yield {
            "person_name": who.name,
            "mobile": f"13{number % 10}{r.randrange(10_000):04}{number % 10_000:04}",
            "id_number": numbers.resident_id(r, "11", born, who.sex),
            "customer_no": f"S-{number:08}",
            "member_no": f"M{number:08}",
        }


class Loader:
    """Stores new customers through the vault's own sealing, without the journal's entry for each."""

    def __init__(self, bench: Bench) -> None:
        self._actor, self._sales = bench.world.actor("clerk"), bench.world.departments["sales"].id

    def load(self, known: Known, size: int) -> None:
        while known.stored < size:
            count = min(BATCH, size - known.stored)
            people = list(persons(known.stored, count))
            ids = self._store(people)
            # Of the first lot more, so that the smallest register has enough for a request of many.
            step = max(1, count // (50 if known.stored else 200))
            known.ids += ids[::step]
            known.people += people[::step]
            known.stored += count
        known.ids, known.people = known.ids[-KEPT:], known.people[-KEPT:]

    def _store(self, people: Sequence[dict[str, str]]) -> list[UUID]:
        from django.db import transaction

        from shouxin.customers.registry import grounds, rows
        from shouxin.customers.registry.entries import CustomerEntry
        from shouxin.customers.registry.models import Kind, Scope
        from shouxin.gate import services as gate
        from shouxin.kit import clock, ids
        from shouxin.vault import services as vault
        from shouxin.vault.payload import Value
        from shouxin.vault.tickets import SealedWrite
        from tests.register import FOOTING

        now, made = clock.now(), [ids.new() for _ in people]
        with transaction.atomic():
            permit = gate.admit(actor=self._actor, purpose=PURPOSE, customers=[], fields=FIELDS, now=now)
            row = grounds.provenance(self._actor, FOOTING, now, len(people))
            groups: dict[str, list[str]] = {}
            for key in FIELDS:
                groups.setdefault(permit.fields[key].storage_group, []).append(key)
            writes = [
                SealedWrite(one, group, one, {key: Value(person[key], row.id, 1) for key in keys})
                for one, person in zip(made, people, strict=True)
                for group, keys in groups.items()
            ]
            ticket = grounds.ticket(permit, row, fresh=frozenset(made))
            vault.seal(ticket=ticket, writes=writes)
            entry = CustomerEntry(Kind.PERSON, {}, self._sales, Scope.DEPARTMENT)
            rows.add_customers(
                ((one, entry, {}) for one in made),
                permit.fields,
                batch=None,
                creator=self._actor.id,
                now=now,
            )
        return made


TERMS: dict[str, Callable[[dict[str, str]], str]] = {
    "phone": lambda p: p["mobile"],
    "two characters": lambda p: p["person_name"][-2:],
    "last four": lambda p: p["mobile"][-4:],
    "surname and last four": lambda p: f"{p['person_name'][0]} {p['mobile'][-4:]}",
    "ID number": lambda p: p["id_number"],
    "member number": lambda p: p["member_no"],
    "name": lambda p: p["person_name"],
}
NAMES = ("two characters", "name")


class Searching:
    """Our side: the search a clerk makes, from what was typed to the masked page, journalled; and its first part alone,
    candidates found, opened and compared."""

    def __init__(self, bench: Bench, known: Known, connection: psycopg.Connection) -> None:
        self._actor, self._known, self._connection = bench.world.actor("clerk"), known, connection
        self._order = random.Random(SEED)
        self.took: dict[str, dict[str, list[float]]] = {kind: {s: [] for s in STAGES} for kind in TERMS}
        self.hits: dict[str, list[int]] = {kind: [] for kind in TERMS}

    def round(self, count: int) -> float:
        """`count` searches of each kind, in turn; searches a second by phone."""
        for _ in range(count):
            for kind, term in TERMS.items():
                people = self._known.unspaced if kind == "two characters" else self._known.people
                self._one(kind, term(self._order.choice(people)))
        took = self.took["phone"]["whole"][-count:]
        return count / sum(took)

    def _one(self, kind: str, term: str) -> None:
        from shouxin.customers.registry import search
        from shouxin.customers.registry.queries import Filters
        from shouxin.gate.facts import rules
        from shouxin.kit import clock

        # Nobody searches so much in a day; what stops them is not measured here.
        self._connection.execute("DELETE FROM people_guarded_source")
        self._connection.execute("DELETE FROM gate_row_use")
        start = time.perf_counter()
        with rules["rulebook"].held(None):  # as `search` does
            search.look_up(
                actor=self._actor, purpose=PURPOSE, terms=[term], filters=Filters(), now=clock.now()
            )
        found = time.perf_counter()
        result = search.search(actor=self._actor, purpose=PURPOSE, term=term, now=clock.now())
        self.took[kind]["found"].append(found - start)
        self.took[kind]["whole"].append(time.perf_counter() - found)
        self.hits[kind].append(len(result.customers))
        assert result.customers or result.little, kind

    def forget(self) -> None:
        """What warmed up does not count."""
        for kind in TERMS:
            self.hits[kind].clear()
            for stage in STAGES:
                self.took[kind][stage].clear()


def quantile(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def table(searching: Searching) -> dict[str, dict[str, float]]:
    return {
        kind: {
            "hits": round(sum(searching.hits[kind]) / len(searching.hits[kind]), 1),
            **{
                f"{stage}_{name}_ms": round(quantile(searching.took[kind][stage], share) * 1000, 2)
                for stage in STAGES
                for name, share in (("p50", 0.5), ("p99", 0.99))
            },
        }
        for kind in TERMS
    }


def measure(bench: Bench) -> Result:
    loader, known, sizes = Loader(bench), Known(), SIZES[bench.profile.name]
    per_size: dict[str, Any] = {}
    loaded: dict[str, float] = {}
    count = SEARCHES[bench.profile.name]
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        for size in sizes:
            start, before = time.perf_counter(), known.stored
            loader.load(known, size)
            loaded[str(size)] = round((size - before) / (time.perf_counter() - start))
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
            searching, sides = Searching(bench, known, connection), (Side(), Side())
            select = _selecting(connection, known)
            for number in range(bench.profile.rounds + 1):
                rates = searching.round(count), select(count * len(TERMS))
                if number:
                    for side, rate in zip(sides, rates, strict=True):
                        side.rates.append(rate)
                else:
                    searching.forget()
            per_size[str(size)] = table(searching)
        sizes_of = connection.execute(
            "SELECT pg_total_relation_size('vault_search_token'), (SELECT count(*) FROM vault_search_token)"
        ).fetchone() or (0, 0)
    largest = per_size[str(sizes[-1])]
    return Result(
        line="10",
        name="search over sealed values; the rate is by phone, from what was typed to the masked page, journalled",
        size=f"{sizes[-1]:,} customers, all in the searcher's scope",
        unit="searches/s",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="select of a customer's row by primary key, bare psycopg",
        unprotected="no encryption, no scope, no purpose, no mask, no journal; finds by id alone",
        must=0.0,
        want=0.0,
        limits=LIMITS,
        more={
            "phone_found_p99_ms": largest["phone"]["found_p99_ms"],
            "last_four_found_p99_ms": largest["last four"]["found_p99_ms"],
            "names_found_p99_ms": max(largest[kind]["found_p99_ms"] for kind in NAMES),
            "per_size": per_size,
            "loaded_per_second": loaded,
            "token_bytes_a_customer": round(sizes_of[0] / known.stored),
            "tokens_a_customer": round(sizes_of[1] / known.stored, 2),
        },
    )


def _selecting(connection: psycopg.Connection, known: Known) -> Callable[[int], float]:
    order = random.Random(SEED)

    def run(count: int) -> float:
        start = time.perf_counter()
        for _ in range(count):
            connection.execute(
                "SELECT * FROM customers_customer WHERE id = %s", [order.choice(known.ids)], prepare=True
            ).fetchone()
        return count / (time.perf_counter() - start)

    return run
