"""One supervised process: started in its own group, ended with everything it started, started again when it dies."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence

from shouxin.operations.server import processes
from shouxin.operations.server.output import Lines

SHORTEST_PAUSE = 0.1
LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0


class Service:
    """A Python module of ours that runs for as long as the server does."""

    def __init__(self, name: str, module: str, lines: Lines, *, arguments: Sequence[str] = ()) -> None:
        self.name = name
        self.lines = lines
        self.command = [sys.executable, "-m", module, *arguments]
        self.process: subprocess.Popen[bytes] | None = None
        self.exit_watch = -1
        self.output = -1
        self.next_start = 0.0
        self._pause = SHORTEST_PAUSE
        self._started = 0.0

    def start(self, environment: Mapping[str, str]) -> None:
        """Start the process; `output` and `exit_watch` become readable when it speaks and when it ends."""
        self.output, write = os.pipe()
        os.set_blocking(self.output, False)
        try:
            self.process = subprocess.Popen(  # noqa: S603 - our own module under our own interpreter
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=write,
                stderr=write,
                env=dict(environment),
                start_new_session=True,  # a signal to the terminal's processes reaches the supervisor alone
                preexec_fn=processes.die_with_parent(signal.SIGKILL),  # noqa: PLW1509 - no threads here
            )
        finally:
            os.close(write)
        self.exit_watch = os.pidfd_open(self.process.pid)
        self._started = time.monotonic()

    def terminate(self) -> None:
        if self.process is not None:
            self.process.terminate()

    def bury(self) -> int | None:
        """After its end: kill what is left of its group, reap it, close its descriptors; give its exit status.

        The group is killed before the leader is reaped, while its number cannot yet belong to another process.
        """
        if self.process is None:
            return None
        processes.kill_group(self.process.pid)
        status = self.process.wait()
        while self.lines.read(self.output):
            if not processes.readable(self.output):
                break
        os.close(self.output)
        os.close(self.exit_watch)
        self.process = None
        self.output = self.exit_watch = -1
        lived = time.monotonic() - self._started
        self._pause = SHORTEST_PAUSE if lived > STEADY_SECONDS else min(self._pause * 2, LONGEST_PAUSE)
        self.next_start = time.monotonic() + self._pause
        return status
