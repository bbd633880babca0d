"""How much memory PostgreSQL keeps pages in: a share of what the machine, or the container, has."""

import os
from pathlib import Path

LEAST, MOST = (
    128 * 2**20,
    2 * 2**30,
)  # bytes; more than the most would be taken from the file cache for little gain
SHARE = 4  # a quarter, as PostgreSQL's manual proposes
CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory(limit: Path = CGROUP) -> int:
    """Bytes of memory there are for everything: of the machine, or less where the container is held to less."""
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    try:
        held = limit.read_text(encoding="ascii").strip()
    except OSError:
        return there
    return min(there, int(held)) if held.isdigit() else there


def shared_buffers(there: int) -> str:
    """The setting for a machine with `there` bytes of memory, in PostgreSQL's own unit."""
    return f"{min(max(there // SHARE, LEAST), MOST) // 2**20}MB"
