"""Ids are UUIDs of version 7: each greater than the one before, one by one or many at once, whatever the clock does."""

import os
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import pytest

from shouxin.kit import ids


def moment_of(one: uuid.UUID) -> int:
    return one.int >> 80


@pytest.mark.parametrize("count", [0, 1, 2, 100, 10_000])
def test_each_is_greater_than_the_one_before(count: int) -> None:
    before, many, after = ids.new(), ids.several(count), ids.new()
    made = [before, *many, after]
    assert len(many) == count
    assert made == sorted(made)
    assert len(set(made)) == len(made)


def test_they_are_what_the_standard_says_and_equal_to_those_that_are_read_again() -> None:
    now = time.time_ns() // 1_000_000
    for one in [ids.new(), *ids.several(500)]:
        assert (one.version, one.variant) == (7, uuid.RFC_4122)
        again = uuid.UUID(str(one))
        assert (again, hash(again), again.bytes) == (one, hash(one), one.bytes)
        assert now <= moment_of(one) <= now + 5_000


def test_all_that_is_left_to_chance_is_chance(monkeypatch: pytest.MonkeyPatch) -> None:
    for bits, last in ((b"\xff", 0xBFFF_FFFF_FFFF_FFFF), (b"\x00", 0x8000_0000_0000_0000)):
        monkeypatch.setattr(os, "urandom", lambda count, bits=bits: bits * count)
        assert {one.int & (1 << 64) - 1 for one in [ids.new(), *ids.several(3)]} == {last}
    monkeypatch.undo()
    drawn = [one.int & (1 << 62) - 1 for one in [*ids.several(2_000), *(ids.new() for _ in range(2_000))]]
    for bit in range(62):
        assert 0.4 < sum(number >> bit & 1 for number in drawn) / len(drawn) < 0.6


def test_a_clock_that_stands_or_goes_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    start = time.time_ns() + 10**9
    for now in (start, start, start - 10**12, start):
        monkeypatch.setattr(time, "time_ns", lambda now=now: now)
        made = [ids.new(), *ids.several(5_000), ids.new()]  # more than a millisecond has numbers for
        assert made == sorted(set(made))
        assert moment_of(made[0]) >= start // 1_000_000


def test_threads_never_make_the_same() -> None:
    with ThreadPoolExecutor(4) as pool:
        found = list(chain.from_iterable(pool.map(lambda _: [*ids.several(300), ids.new()], range(40))))
    assert len(set(found)) == len(found) == 40 * 301
