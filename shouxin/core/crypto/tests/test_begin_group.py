"""A group that is begun in one go is opened, checked and unwrapped by the same means as any other."""

import os
from collections.abc import Callable
from uuid import uuid4

import pytest

from shouxin.core.crypto.beginning import DRAWN, HEAD_BYTES, Beginner
from shouxin.core.crypto.blob import DataKey
from shouxin.core.crypto.errors import SealBroken
from shouxin.core.crypto.suites import NONCE_BYTES, SUITES, Suite
from shouxin.core.crypto.wrapping import WrappingKey, data_key_context

GROUP = "profile.b.cust-base.3"


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_begun_group_opens_like_any_other(suite: Suite) -> None:
    wrapping = WrappingKey(suite, os.urandom(suite.key_bytes), id=7)
    customer, records = uuid4(), [uuid4(), uuid4()]
    texts = [b"first", b"second"]
    begun = Beginner(suite, wrapping).begin(
        customer.bytes, GROUP.encode(), [(r.bytes, t) for r, t in zip(records, texts, strict=True)]
    )
    context = data_key_context(suite=suite, version=1, customer=customer, group=GROUP)
    key = DataKey(suite, wrapping.unwrap(begun.wrapped, context), version=1, customer=customer, group=GROUP)
    opened = [key.open(b, record=r, revision=1) for b, r in zip(begun.blobs, records, strict=True)]
    assert opened == texts
    key.check_head(begun.head, [(r, 1) for r in reversed(records)], changes=1)
    with pytest.raises(SealBroken):
        key.check_head(begun.head, [(records[0], 1)], changes=1)
    with pytest.raises(SealBroken):
        key.open(begun.blobs[0], record=records[1], revision=1)
    used = [begun.wrapped[6:18], begun.head[1:13], *(blob[6:18] for blob in begun.blobs)]
    assert len(set(used)) == len(used)  # never one nonce twice


def test_groups_of_one_customer_share_no_key() -> None:
    suite = SUITES[1]
    beginner, customer, record = Beginner(suite, WrappingKey(suite, bytes(32), id=1)), uuid4(), uuid4()
    groups = (GROUP, "profile.b.cust-base.4s")
    begun = [beginner.begin(customer.bytes, group.encode(), [(record.bytes, b"x")]) for group in groups]
    keys = [
        WrappingKey(suite, bytes(32), id=1).unwrap(
            one.wrapped, data_key_context(suite=suite, version=1, customer=customer, group=group)
        )
        for one, group in zip(begun, groups, strict=True)
    ]
    assert keys[0] != keys[1]
    with pytest.raises(SealBroken):
        WrappingKey(suite, bytes(32), id=1).unwrap(
            begun[0].wrapped, data_key_context(suite=suite, version=1, customer=customer, group=groups[1])
        )


Way = Callable[[Beginner, bytes, list[bytes]], list[tuple[bytes, bytes, bytes]]]


def one_by_one(beginner: Beginner, customer: bytes, groups: list[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    begun = [beginner.begin(customer, group, [(customer, b"x")]) for group in groups]
    return [(one.wrapped, one.head, one.blobs[0]) for one in begun]


def in_one_call(beginner: Beginner, customer: bytes, groups: list[bytes]) -> list[tuple[bytes, bytes, bytes]]:
    return list(beginner.begin_profile(customer, [(group, b"x") for group in groups]))


@pytest.mark.parametrize("way", [one_by_one, in_one_call])
@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_random_bytes_drawn_at_once_are_used_once(suite: Suite, way: Way) -> None:
    wrapping = WrappingKey(suite, os.urandom(suite.key_bytes), id=7)
    beginner, customer = Beginner(suite, wrapping), uuid4()
    keys, nonces = set[bytes](), list[bytes]()
    count = 3 * DRAWN // (suite.key_bytes + 3 * NONCE_BYTES)
    groups = [f"profile.b.cust-base.{number}" for number in range(count)]
    begun = way(beginner, customer.bytes, [group.encode() for group in groups])
    for group, (wrapped, head, blob) in zip(groups, begun, strict=True):
        context = data_key_context(suite=suite, version=1, customer=customer, group=group)
        keys.add(wrapping.unwrap(wrapped, context))
        nonces += [wrapped[6:18], head[1:13], blob[6:18]]
    assert len(keys) == count
    assert len(set(nonces)) == 3 * count
    drawn = b"".join(nonces)
    assert not any(key[:NONCE_BYTES] in drawn for key in keys)  # nor is what was a key ever a nonce


@pytest.mark.parametrize("suite", SUITES.values(), ids=lambda suite: suite.name)
def test_a_profile_begun_in_one_call_opens_like_any_other(suite: Suite) -> None:
    wrapping, customer = WrappingKey(suite, os.urandom(suite.key_bytes), id=7), uuid4()
    beginner, texts = Beginner(suite, wrapping), {GROUP: b"first", "profile.b.cust-base.4s": b""}
    named = [(group.encode(), text) for group, text in texts.items()]
    for group, (wrapped, head, blob) in zip(
        texts, beginner.begin_profile(customer.bytes, named), strict=True
    ):
        context = data_key_context(suite=suite, version=1, customer=customer, group=group)
        key = DataKey(suite, wrapping.unwrap(wrapped, context), version=1, customer=customer, group=group)
        key.check_head(head, [(customer, 1)], changes=1)
        assert key.open(blob, record=customer, revision=1) == texts[group]
        assert (len(head), len(wrapped)) == (HEAD_BYTES, beginner.wrapped_bytes)  # rows are made by these
