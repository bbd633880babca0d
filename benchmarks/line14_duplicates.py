"""Line 14: probable duplicates among opened customers: how fast, and how many are right where the truth is known."""

import os
import time
from copy import copy
from pathlib import Path
from typing import Any

from benchmarks.harness import SEED, Profile, Result, Side
from shouxin.customers.duplicates import probable
from shouxin.customers.duplicates.features import Features, of_values
from shouxin.operations.demo.doubles import Person, generate
from tests.test_match_truth import febrl

MILLION = 1_000_000
PEOPLE = 100_000  # fewer would measure how long the engine takes to plan
SECONDS = 120, 60  # a million customers: must, want


def _packed(people: list[Person]) -> probable.Rows:
    rows = probable.Rows()
    for start in range(0, len(people), 2_000):
        rows.add([of_values("person", one) for one in people[start : start + 2_000]])
    return rows


def _probable(people: list[Person]) -> float:
    """Normalise, compare, and hand out every pair: what the job does once profiles are open."""
    began = time.perf_counter()
    for _pair in probable.pairs(_packed(people)):
        pass
    return time.perf_counter() - began


def _equal(packed: probable.Rows) -> float:
    """The same engine joining the same people on equal telephones alone; `packed` once for all rounds."""
    rows, connection = copy(packed), probable._connection()  # noqa: SLF001 - the engine as the product sets it up
    rows._batches = list(packed._batches)  # noqa: SLF001 - handing them over forgets them
    began = time.perf_counter()
    rows.load(connection)
    connection.execute(
        "SELECT count(*) FROM customers l JOIN customers r ON l.phone = r.phone AND l.uid < r.uid"
    ).fetchall()
    spent = time.perf_counter() - began
    connection.close()
    return spent


def _judged(rows: list[Features], truth: set[tuple[int, int]]) -> dict[str, float]:
    given = probable.Rows()
    given.add(rows)
    found = {(pair.first, pair.second) for pair in probable.pairs(given)}
    hits = len(found & truth)
    precision, recall = hits / len(found), hits / len(truth)
    return {
        "precision": round(precision, 4),
        "recall": round(recall, 4),
        "f1": round(2 * precision * recall / (precision + recall), 4),
        "pairs": len(truth),
    }


def _truths() -> dict[str, Any]:
    made = generate(10_000, SEED)
    found: dict[str, Any] = {
        "chinese": _judged([of_values("person", one) for one in made.people], made.truth())
    }
    folder = os.environ.get("SHOUXIN_TESTDATA")
    if folder:
        for number in (1, 3):
            found[f"febrl{number}"] = _judged(*febrl(Path(folder) / "febrl", number))
    return found


def measure(profile: Profile) -> Result:
    """Customers a second from opened profile to pair, against equality of telephones in the same engine."""
    people = generate(PEOPLE, SEED).people
    ours, equal, packed = Side(), Side(), _packed(people)
    for warm in (True, *[False] * profile.rounds):
        for side, seconds in ((ours, _probable(people)), (equal, _equal(packed))):
            if not warm:
                side.rates.append(len(people) / seconds)
    more = _truths()
    more["not_found"] = round(1 - more["febrl3"]["f1"], 4) if "febrl3" in more else 1.0
    if profile.name == "full":
        million, before = generate(MILLION, SEED).people, time.process_time()
        more["million_seconds"] = round(_probable(million), 1)
        more["million_processor_seconds"] = round(time.process_time() - before, 1)
        del million
        sizes = {size: _probable(generate(size, SEED).people) for size in (MILLION // 100, PEOPLE)}
        more["per_size"] = {
            str(size): {"all_pairs_ms": round(seconds * 1000)} for size, seconds in sizes.items()
        } | {str(MILLION): {"all_pairs_ms": round(more["million_seconds"] * 1000)}}
    return Result(
        line="14",
        name="probable duplicates",
        size=f"{len(people):,} generated persons, opened",
        unit="customers/s",
        ours=ours,
        baseline=equal,
        baseline_name="the same engine joining them on equal telephones",
        unprotected="it finds no slip, no changed number, no name that sounds the same, and gives no reason",
        must=MILLION / SECONDS[0],
        want=MILLION / SECONDS[1],
        judged="figure",
        limits={"not_found": (0.05, 0.05)} | ({"million_seconds": SECONDS} if profile.name == "full" else {}),
        more=more,
    )
