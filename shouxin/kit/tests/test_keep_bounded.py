"""What threads remember together is bounded, and none is stopped by another that adds or forgets meanwhile."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shouxin.kit import bounded

THREADS, MOST, TIMES = 4, 1, 200_000


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def test_what_was_kept_first_goes_first() -> None:
    known: dict[str, int] = {}
    for number, key in enumerate("abcab"):
        bounded.keep(known, key, number, 2)
        assert len(known) <= 2
    assert known == {"a": 3, "b": 4}
    bounded.keep(known, "a", 5, 2)
    assert known == {"a": 5, "b": 4}  # nothing has to go for what is there
    bounded.keep(known, "c", 6, 1)
    assert known == {"c": 6}


def test_threads_keep_in_one_place(restless: None) -> None:
    known: dict[int, int] = {}

    def work(thread: int) -> None:
        for number in range(thread, THREADS * TIMES, THREADS):
            bounded.keep(known, number, number, MOST)

    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(work, range(THREADS)))
    assert len(known) < MOST + THREADS
