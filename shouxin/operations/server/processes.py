"""Linux processes: death signals, orphans, and what an earlier run left behind."""

import ctypes
import multiprocessing
import os
import select
import signal
import time
from collections.abc import Callable, Iterable
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
_libc = ctypes.CDLL(None, use_errno=True)


def die_with_parent(with_signal: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn` after which the kernel sends the child `with_signal` when its parent ends, however."""
    parent = os.getpid()

    def prepare() -> None:
        _libc.prctl(PR_SET_PDEATHSIG, int(with_signal), 0, 0, 0)
        if os.getppid() != parent:  # the parent ended before the request was made
            os.kill(os.getpid(), with_signal)

    return prepare


def end_with_spawning_parent() -> None:
    """In a process that `multiprocessing` spawned: be killed when the parent ends. Elsewhere: nothing."""
    parent = multiprocessing.parent_process()
    if parent is None:
        return
    _libc.prctl(PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)
    if os.getppid() != parent.pid:  # it ended while we were loading
        os._exit(1)


def adopt_orphans() -> None:
    """Make this process the new parent of every descendant whose own parent ends, so that none escapes it."""
    _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children(*, ended: bool = False) -> list[int]:
    """The direct children of this process, adopted ones included; with `ended` also those not yet reaped."""
    me = str(os.getpid())
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (
                    (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
                )
            except OSError:
                continue  # it ended while we looked
            if fields[1] == me and (ended or fields[0] != "Z"):
                found.append(int(entry.name))
    return found


def named_processes_in(folder: Path, name: str) -> list[int]:
    """Processes called `name` whose working directory is `folder`."""
    try:
        wanted = folder.stat()
    except FileNotFoundError:
        return []
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            place = (entry / "cwd").stat()
            called = (entry / "comm").read_text(encoding="utf-8").strip()
        except OSError:
            continue  # ended meanwhile, or somebody else's
        if (place.st_dev, place.st_ino) == (wanted.st_dev, wanted.st_ino) and called == name:
            found.append(int(entry.name))
    return found


def is_running(pid: int) -> bool:
    try:
        state = (
            Path(f"/proc/{pid}/stat")
            .read_text(encoding="ascii", errors="replace")
            .rpartition(")")[2]
            .split()[0]
        )
    except OSError:
        return False
    return state not in "ZX"


def send(pids: Iterable[int], number: int) -> None:
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            continue


def wait_gone(pids: Iterable[int], seconds: float) -> list[int]:
    """Wait until the processes have ended; those that are left after `seconds`."""
    deadline = time.monotonic() + seconds
    left = [pid for pid in pids if is_running(pid)]
    while left and time.monotonic() < deadline:
        time.sleep(0.02)
        left = [pid for pid in left if is_running(pid)]
    return left


def kill_group(group: int) -> None:
    """Kill every process of the group, and reap those that became our children."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def reap_adopted(known: Iterable[int]) -> None:
    """Take leave of ended orphans that this process adopted, and end those that still run."""
    spared = set(known)
    for pid in children(ended=True):
        if pid in spared:
            continue
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, os.WNOHANG)
        except (ProcessLookupError, ChildProcessError):
            continue


def readable(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0)[0])
