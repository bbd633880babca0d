"""A long run by several processes, each storing chunks of its own; chunks become part of the register in their order.

Sealing is most of the work of a run, and one process seals on one core. So the run hands chunk after chunk to processes
it starts. Each stores its chunk in a transaction, then waits until the chunks before are committed, and only then locks
the batch, moves its place on and commits: the place in the batch tells as ever what is stored, and of a run that was
killed anywhere nothing is lost or double. Whatever is not as expected (a lock held for long, a process that ends, an
error, a batch that was paused) disbands the crew, and the run goes on alone from the place that stands in the batch;
what is wrong shows itself there.

A process opens the batch and fetches the keys itself, as the worker does. Rows pass through a pair of sockets, never
through a file.
"""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

import django
from django.conf import settings

if TYPE_CHECKING:  # in a process of its own there is no Django yet when this is read
    from shouxin.customers.intake.grouping import Group

FROM = 20_000  # rows; for fewer a process is not worth its start
MOST = 4  # processes
PATIENCE_SECONDS = 60  # for a process that was told to end
STORED, DONE, LEFT = "stored", "done", "left"  # what a process says of its chunk
COMMIT = "commit"  # and what it is told


@dataclass(slots=True)
class _Hand:
    """One process, our end of its socket, and the chunk it has."""

    process: subprocess.Popen[bytes]
    pipe: Connection
    rows: int = 0
    customers: frozenset[str] = frozenset()


@dataclass(slots=True)
class Crew:
    """Processes that store chunks of one batch; a context, at whose end none of them is left."""

    batch: UUID
    now: datetime
    day: date
    size: int
    _free: list[_Hand] = field(default_factory=list)
    _busy: deque[_Hand] = field(default_factory=deque)  # in the order of their chunks

    def __enter__(self) -> Self:
        self._free = [self._start() for _ in range(self.size)]
        return self

    def __exit__(self, *_error: object) -> None:
        hands = [*self._free, *self._busy]
        for hand in hands:
            hand.pipe.close()  # it rolls back what is not committed, and ends
        for hand in hands:
            try:
                hand.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                hand.process.kill()
                hand.process.wait()

    def run(self, chunks: Iterable[Sequence["Group"]], done: int, stop: Callable[[], None]) -> bool:
        """Store every chunk, the first from the place `done`; False when the rest is to be done alone.

        `stop` is asked before each chunk and raises what ends the run.
        """
        for chunk in chunks:
            stop()
            numbers = frozenset(group.customer for group in chunk if group.customer)
            while not self._free or any(numbers & hand.customers for hand in self._busy):
                if not self._finish_first():
                    return False
            hand = self._free.pop()
            hand.rows, hand.customers = sum(len(group.rows) for group in chunk), numbers
            self._busy.append(hand)
            if not _sent(hand, (done, chunk)):
                return False
            done += hand.rows
        while self._busy:
            if not self._finish_first():
                return False
        return True

    def _finish_first(self) -> bool:
        """Wait for the first of the chunks that are being stored, and have it committed."""
        hand = self._busy[0]
        try:
            if hand.pipe.recv() != STORED:
                return False
            hand.pipe.send(COMMIT)
            if hand.pipe.recv() != DONE:
                return False
        except (EOFError, OSError):  # the process ended
            return False
        self._busy.popleft()
        hand.customers = frozenset()
        self._free.append(hand)
        return True

    def _start(self) -> _Hand:
        ours, its = Pipe()
        environment = {**os.environ, "SHOUXIN_DATA": str(settings.DATA)}
        process = subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-m", __name__, str(its.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[its.fileno()],
            env=environment,
        )
        its.close()
        hand = _Hand(process, ours)
        _sent(hand, (self.batch, self.now, self.day))
        return hand


def size_for(rows: int) -> int:
    """How many processes a run of so many rows is worth; fewer than two: none, it is done alone."""
    return min(MOST, len(os.sched_getaffinity(0))) if rows >= FROM else 0


def _sent(hand: _Hand, message: Any) -> bool:
    try:
        hand.pipe.send(message)
    except OSError:  # the process ended
        return False
    return True


def main() -> None:
    """The life of one process: a chunk after the other until the socket is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for whoever started us, and that closes the socket
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    django.setup()
    from shouxin.kit.startup import settle
    from shouxin.vault.keyring import keyring

    settle()
    # Whoever started us does without us when we end; nothing of an error is to be told to anybody else.
    with Connection(int(sys.argv[1])) as pipe, suppress(EOFError, OSError):
        try:
            _work(pipe)
        except EOFError:
            """Nothing more to do, or to be committed."""
        except Exception:  # noqa: BLE001 - the run goes on alone and meets the same error
            pipe.send(LEFT)
        finally:
            keyring.drop()


def _work(pipe: Connection) -> None:
    from shouxin.customers.intake import running
    from shouxin.customers.intake.models import ImportBatch

    batch, now, day = pipe.recv()

    def turn() -> bool:
        pipe.send(STORED)
        return bool(pipe.recv() == COMMIT)

    with ExitStack() as stack:
        row = ImportBatch.objects.get(id=batch)
        work = running.open_work(row, running.importer(row), day, stack)
        while True:
            done, chunk = pipe.recv()
            work.actor = running.importer(row)  # who left meanwhile stores nothing more
            work.batch.rows_done = done
            running.store_in_turn(work, chunk, now, turn)
            pipe.send(DONE)


if __name__ == "__main__":
    main()
