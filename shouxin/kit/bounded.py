"""What a process remembers for all its threads, in dictionaries that hold no more than they may."""

from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


def keep(known: dict[K, V], key: K, value: V, most: int) -> None:
    """Keep `value`; what was kept first goes where there would be more than `most`."""
    over = len(known) - most + 1
    if over > 0 and key not in known:
        # All at once, and not one after the other: another thread may add or forget some between two looks.
        for oldest in list(known)[:over]:
            known.pop(oldest, None)
    known[key] = value
