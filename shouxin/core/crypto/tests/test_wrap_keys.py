from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.crypto.errors import Broken, KeyMissing, SealBroken
from shouxin.core.crypto.suites import SUITES, Suite, suite_of
from shouxin.core.crypto.wrapping import (
    WrappingKey,
    data_key_context,
    epoch_key_context,
    index_key_context,
)

suites = st.sampled_from(list(SUITES.values()))
C1, C2 = UUID(int=1), UUID(int=2)


@given(suites, st.integers(0, 2**32 - 1), st.binary(min_size=16, max_size=32), st.binary(max_size=60))
def test_a_wrapped_key_comes_back(suite: Suite, number: int, key: bytes, context: bytes) -> None:
    outer = WrappingKey(suite, suite.new_key(), id=number)
    assert outer.unwrap(outer.wrap(key, context), context) == key


@given(suites, st.data())
def test_any_flipped_bit_is_found(suite: Suite, data: st.DataObject) -> None:
    outer = WrappingKey(suite, suite.new_key(), id=7)
    wrapped = bytearray(outer.wrap(suite.new_key(), b"use"))
    bit = data.draw(st.integers(0, len(wrapped) * 8 - 1))
    wrapped[bit // 8] ^= 1 << bit % 8
    with pytest.raises((SealBroken, KeyMissing)):
        outer.unwrap(bytes(wrapped), b"use")


def test_every_use_has_its_own_context() -> None:
    one, two = SUITES.values()
    contexts = [
        epoch_key_context(suite=one, epoch=1),
        epoch_key_context(suite=one, epoch=2),
        epoch_key_context(suite=two, epoch=1),
        index_key_context(suite=one, version=1),
        data_key_context(suite=one, version=1, customer=C1, group="g"),
        data_key_context(suite=one, version=2, customer=C1, group="g"),
        data_key_context(suite=two, version=1, customer=C1, group="g"),
        data_key_context(suite=one, version=1, customer=C2, group="g"),
        data_key_context(suite=one, version=1, customer=C1, group="h"),
    ]
    assert len(set(contexts)) == len(contexts)
    outer = WrappingKey(one, one.new_key(), id=1)
    for made in contexts:
        wrapped = outer.wrap(b"k" * 32, made)
        for other in contexts:
            if other != made:
                with pytest.raises(SealBroken):
                    outer.unwrap(wrapped, other)


def test_the_wrong_wrapping_key_is_named() -> None:
    suite = suite_of(1)
    wrapped = WrappingKey(suite, suite.new_key(), id=4).wrap(b"k" * 32, b"")
    with pytest.raises(KeyMissing, match="key 4, opened with key 5"):
        WrappingKey(suite, suite.new_key(), id=5).unwrap(wrapped, b"")
    with pytest.raises(SealBroken) as caught:
        WrappingKey(suite, suite.new_key(), id=4).unwrap(wrapped, b"")
    assert caught.value.what is Broken.NOT_AUTHENTIC
    with pytest.raises(SealBroken) as caught:
        WrappingKey(suite, suite.new_key(), id=4).unwrap(wrapped[:20], b"")
    assert caught.value.what is Broken.TRUNCATED
