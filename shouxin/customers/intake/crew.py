"""A long run by several processes, each storing chunks of its own; chunks become part of the register in their order.

Sealing is most of the work of a run, and one process seals on one core. So the run hands chunk after chunk to processes
it starts. Each stores its chunk in a transaction, then waits until the chunks before are committed, and only then locks
the batch, moves its place on and commits: the place in the batch tells as ever what is stored, and of a run that was
killed anywhere nothing is lost or double. Whatever is not as expected (a lock held for long, a process that ends, an
error, a batch that was paused) disbands the crew, and the run goes on alone from the place that stands in the batch;
what is wrong shows itself there, or was over, and the rest is stored together again.

They are forked from one process of its own that has loaded the program and nothing else: no thread, no connection, no
key, no random byte drawn. So they share what is loaded, which is most of what they hold. Each opens the batch and
fetches the keys itself, as the worker does. Rows pass through a pair of sockets, never through a file.
"""

import os
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, NoReturn, Self
from uuid import UUID

import django
import structlog
from django.conf import settings

if TYPE_CHECKING:  # in a process of its own there is no Django yet when this is read
    from shouxin.customers.intake.grouping import Group

log = structlog.get_logger(__name__)

FROM = 20_000  # rows; for fewer a process is not worth its start
MOST = 3  # processes: each holds some 80 MB more, and an import is to hold 500 at the most
PATIENCE_SECONDS = 60  # for a process that was told to end
STORED, DONE, LEFT = "stored", "done", "left"  # what a process says of its chunk
COMMIT = "commit"  # and what it is told


@dataclass(slots=True)
class _Hand:
    """Our end of the socket of one process, its number once it has told it, and the chunk it has."""

    pipe: Connection
    number: int = 0
    rows: int = 0
    customers: frozenset[str] = frozenset()


@dataclass(slots=True)
class Crew:
    """Processes that store chunks of one batch; a context, at whose end none of them is left."""

    batch: UUID
    now: datetime
    day: date
    size: int
    process: subprocess.Popen[bytes] | None = None  # from which the others are forked; ends after them
    _free: list[_Hand] = field(default_factory=list)
    _busy: deque[_Hand] = field(default_factory=deque)  # in the order of their chunks

    def __enter__(self) -> Self:
        pairs = [Pipe() for _ in range(self.size)]
        its = [pipe.fileno() for _, pipe in pairs]
        self.process = subprocess.Popen(  # noqa: S603 - this program
            [sys.executable, "-m", __name__, *map(str, its)],
            stdin=subprocess.DEVNULL,
            pass_fds=its,
            env={**os.environ, "SHOUXIN_DATA": str(settings.DATA)},
            process_group=0,
        )
        for ours, other in pairs:
            other.close()
            self._free.append(hand := _Hand(ours))
            _sent(hand, (self.batch, self.now, self.day))
        return self

    def __exit__(self, *_error: object) -> None:
        for hand in [*self._free, *self._busy]:
            hand.pipe.close()  # its process rolls back what is not committed, and ends
        if self.process is None:
            return
        try:
            self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def run(self, chunks: Iterable[Sequence["Group"]], done: int, stop: Callable[[], None]) -> bool:
        """Store every chunk, the first from the place `done`; False when the rest is to be done alone.

        `stop` is asked before each chunk and raises what ends the run.

        The others begin when the first chunk is committed. It writes down what rows share: for which purpose a field is
        kept, the page that was shown, an installation's first value. Of two processes that both write it the one whose
        turn is first may wait for the other, and that one for its turn.
        """
        began = done
        for chunk in chunks:
            stop()
            numbers = frozenset(group.customer for group in chunk if group.customer)
            while not self._free or any(numbers & hand.customers for hand in self._busy):
                if not self._finish_first():
                    return False
            hand = self._free.pop()
            hand.rows, hand.customers = sum(len(group.rows) for group in chunk), numbers
            self._busy.append(hand)
            if not _sent(hand, (done, chunk)) or (done == began and not self._finish_first()):
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
            hand.number = hand.number or hand.pipe.recv()
            said = hand.pipe.recv()
            if said == STORED:
                hand.pipe.send(COMMIT)
                said = hand.pipe.recv()
        except (EOFError, OSError):
            said = (LEFT, "process ended")
        if said != DONE:
            log.warning("import disbanded", batch=str(self.batch), because=said[1])
            return False
        self._busy.popleft()
        hand.customers = frozenset()
        self._free.append(hand)
        return True


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
    """Load what all share, then become as many as there are sockets, and wait for all of them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # meant for whoever started us, and that closes the sockets
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shouxin.settings")
    django.setup()
    from shouxin.customers.intake import running  # noqa: F401 - loaded once for all
    from shouxin.kit.startup import settle

    settle()
    if threading.active_count() > 1:
        sys.exit("a thread would be lost by forking")
    numbers, waiting = list[int](), [int(one) for one in sys.argv[1:]]
    while waiting:
        mine = waiting.pop()
        number = os.fork()
        if not number:
            for other in waiting:
                os.close(other)  # held by its own process alone, so that its end is seen
            _live(mine)
        os.close(mine)
        numbers.append(number)
    sys.exit(int(max(os.waitpid(number, 0)[1] for number in numbers) > 0))


def _live(socket: int) -> NoReturn:
    """The life of one process: a chunk after the other until the socket is closed."""
    from shouxin.vault.keyring import keyring

    ended_well = False
    # Whoever started us does without us when we end; nothing of an error is to be told to anybody else.
    try:
        with Connection(socket) as pipe, suppress(EOFError, OSError):
            try:
                pipe.send(os.getpid())
                _work(pipe)
            except EOFError:
                """Nothing more to do, or to be committed."""
            except Exception as error:  # noqa: BLE001 - the run goes on alone and meets the same error
                pipe.send((LEFT, type(error.__cause__ or error).__name__))
        ended_well = True
    finally:
        keyring.drop()
        os._exit(int(not ended_well))


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
