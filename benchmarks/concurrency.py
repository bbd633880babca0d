"""Thirty-two programs reading over HTTP while an import, a key rotation and the sealer run, against a quiet house.

The sealer runs all the while, as it does in every installation. Quiet and busy rounds take turns. Any answer but 200
ends the run, whatever fails in the import or the rotation fails it, and each read that was answered must have its
entry in the journal.
"""

import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from subprocess import TimeoutExpired
from typing import Any
from uuid import UUID

import psycopg

from benchmarks import line05_import
from benchmarks.harness import SEED, Bench, Result, Side
from benchmarks.line02_read_over_http import Load, ask, request, start, tokens
from benchmarks.line04_journal import start_sealer

CALLERS, REQUESTS = 32, 500
IMPORTED = 2_000  # rows of a file
AT_MOST = (3.0, 3.0)


class Beside:
    """Work that goes on in threads until it is stopped; what went wrong in it."""

    def __init__(self, bench: Bench) -> None:
        self._bench, self._stop = bench, threading.Event()
        self.problems: list[Exception] = []
        self.imported = self.rotated = self.rewrapped = 0
        self._next = 0
        self._sealing = line05_import.Sealing(bench)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._stop.clear()
        threads = [threading.Thread(target=self._keep, args=(work,)) for work in (self._import, self._rotate)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _keep(self, work: Callable[[], None]) -> None:
        from django.db import connection

        try:
            while not self._stop.is_set():
                work()
        except Exception as problem:  # noqa: BLE001 - told at the end
            self.problems.append(problem)
        finally:
            connection.close()

    def _import(self) -> None:
        path = self._bench.data / "run" / "concurrent.csv"
        line05_import.write(path, line05_import.rows(IMPORTED, self._next))
        self._next += IMPORTED
        self.imported += self._sealing.run(path)

    def _rotate(self) -> None:
        from shouxin.vault import services as vault
        from shouxin.vault.jobs import KEEPER

        for done in vault.rotate(actor=KEEPER):
            self.rotated += done.finished
            self.rewrapped += done.rewrapped
            if self._stop.is_set():  # the next one goes on with it
                return


def entries(connection: psycopg.Connection[Any]) -> int:
    found = connection.execute("SELECT count(*) FROM journal_entry WHERE event = 'field.read'").fetchone()
    return int(found[0]) if found else 0


def measure(bench: Bench, ids: list[UUID]) -> Result:
    from shouxin.operations.server.web import process_count

    order, programs, processes = random.Random(SEED), tokens(bench, callers=CALLERS), process_count()
    callers = [[request(token, [order.choice(ids)]) for _ in range(REQUESTS)] for token in programs]
    bench.tell_processes()
    port = start(bench, "shouxin.operations.server.web", SHOUXIN_WEB_PROCESSES=str(processes))
    ask(port, programs[0], ids[:1])
    quiet, busy = (Load(port, callers, bench.profile.seconds) for _ in range(2))
    beside, sealer = Beside(bench), start_sealer(bench)
    try:
        sides, recorded = by_turns(bench, quiet, busy, beside)
    finally:
        sealer.terminate()
        with suppress(TimeoutExpired):
            sealer.wait(60)
    assert not beside.problems, beside.problems
    calm, pressed = (statistics.median(load.p99[1:]) for load in (quiet, busy))
    answered = quiet.answered + busy.answered
    return Result(
        line="concurrency",
        name=f"{CALLERS} programs reading while an import, a key rotation and the sealer run",
        size=f"{len(ids)} customers, {processes} web processes",
        unit="reads/s",
        ours=sides[0],
        baseline=sides[1],
        baseline_name="the same programs with neither import nor rotation",
        unprotected="nothing: it is the same",
        must=0.0,
        want=0.0,
        limits={"p99_ratio": AT_MOST, "reads_without_entry": (0, 0)},
        more={
            "p99_ratio": round(pressed / calm, 2),
            "p99_quiet_ms": round(calm, 1),
            "p99_busy_ms": round(pressed, 1),
            "reads_without_entry": answered - recorded,
            "answered_without_error": answered,
            "imported_meanwhile": beside.imported,
            "rotations_meanwhile": beside.rotated,
            "keys_wrapped_again_meanwhile": beside.rewrapped,
        },
    )


def by_turns(bench: Bench, quiet: Load, busy: Load, beside: Beside) -> tuple[tuple[Side, Side], int]:
    """Rates under pressure and in quiet, and how many entries the reads left."""
    sides = Side(), Side()
    with psycopg.connect(bench.known.conninfo("superuser", bench.database), autocommit=True) as connection:
        before = entries(connection)
        for number in range(bench.profile.rounds + 1):
            calm = quiet()
            with beside.at_work():
                time.sleep(bench.profile.seconds / 4)  # both are under way
                pressed = busy()
            if number:
                sides[0].rates.append(pressed)
                sides[1].rates.append(calm)
        return sides, entries(connection) - before
