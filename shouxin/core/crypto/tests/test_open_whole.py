"""A group opened in one go opens exactly what opens step by step, and nothing else."""

from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import pytest

from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.suites import SUITES, Suite
from shouxin.core.crypto.whole import Whole
from shouxin.core.crypto.wrapping import WrappingKey, data_key_context

GROUP = "profile.bs.cust-base.3"
PLAIN = "王芳 13800138000".encode()


@dataclass(frozen=True)
class Stored:
    """What the database holds of a group of one record."""

    customer: bytes
    wrapped: bytes
    head: bytes
    changes: int
    record: bytes
    revision: int
    sealed: bytes

    def but(self, **other: Any) -> "Stored":
        return replace(self, **other)

    def opened(self, by: Whole) -> bytes | None:
        return by.open(
            self.customer, self.wrapped, self.head, self.changes, self.record, self.revision, self.sealed
        )


@pytest.fixture(params=SUITES.values(), ids=lambda suite: suite.name)
def suite(request: pytest.FixtureRequest) -> Suite:
    found: Suite = request.param
    return found


@pytest.fixture
def epoch(suite: Suite) -> WrappingKey:
    return WrappingKey(suite, suite.new_key(), id=7)


def stored(epoch: WrappingKey, suite: Suite, customer: UUID, record: UUID) -> Stored:
    key = suite.new_key()
    data = DataKey(suite, key, version=2, customer=customer, group=GROUP)
    context = data_key_context(suite=suite, version=2, customer=customer, group=GROUP)
    return Stored(
        customer.bytes,
        epoch.wrap(key, context),
        data.sign_head([(record, 3)], changes=5),
        5,
        record.bytes,
        3,
        data.seal(PLAIN, record=record, revision=3),
    )


def test_what_was_stored_opens(epoch: WrappingKey, suite: Suite) -> None:
    whole = Whole(epoch, suite, version=2, group=GROUP)
    for _ in range(3):
        assert stored(epoch, suite, uuid4(), uuid4()).opened(whole) == PLAIN


def test_any_other_byte_opens_nothing(epoch: WrappingKey, suite: Suite) -> None:
    whole, sound = Whole(epoch, suite, version=2, group=GROUP), stored(epoch, suite, uuid4(), uuid4())
    for part in ("customer", "wrapped", "head", "record", "sealed"):
        there: bytes = getattr(sound, part)
        for place in range(len(there)):
            spoilt = bytearray(there)
            spoilt[place] ^= 1
            assert sound.but(**{part: bytes(spoilt)}).opened(whole) is None, (part, place)
        for cut in (there[:-1], there[:3], b"", there + b"\0"):
            assert sound.but(**{part: cut}).opened(whole) is None, (part, len(cut))
    for part in ("changes", "revision"):
        assert sound.but(**{part: getattr(sound, part) + 1}).opened(whole) is None


def test_parts_of_another_group_open_nothing(epoch: WrappingKey, suite: Suite) -> None:
    """Of another customer, whole or in part; under another name, version or key."""
    whole = Whole(epoch, suite, version=2, group=GROUP)
    one, other = (stored(epoch, suite, uuid4(), uuid4()) for _ in range(2))
    for part in ("customer", "wrapped", "head", "record", "sealed"):
        assert one.but(**{part: getattr(other, part)}).opened(whole) is None, part
    assert other.but(customer=one.customer).opened(whole) is None
    assert one.opened(Whole(epoch, suite, version=2, group=GROUP + "x")) is None
    assert one.opened(Whole(epoch, suite, version=3, group=GROUP)) is None
    assert one.opened(Whole(WrappingKey(suite, suite.new_key(), id=7), suite, version=2, group=GROUP)) is None
    assert one.opened(Whole(WrappingKey(suite, suite.new_key(), id=8), suite, version=2, group=GROUP)) is None
