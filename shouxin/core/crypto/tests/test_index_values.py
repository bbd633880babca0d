import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.crypto.indexes import PARTS, SearchIndex, bits_for
from shouxin.core.crypto.suites import SUITES, Suite, suite_of

suites = st.sampled_from(list(SUITES.values()))


@given(st.integers(64, 10**12))
def test_coincidences_stay_between_two_and_the_root_of_the_register(planned: int) -> None:
    coincidences = planned / 2 ** bits_for(planned)
    assert 2 <= coincidences < math.sqrt(planned)


def test_too_small_a_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="64"):
        bits_for(63)


@given(suites, st.text(min_size=1, max_size=20), st.integers(1, 62))
def test_a_token_is_repeatable_and_fits(suite: Suite, text: str, bits: int) -> None:
    key = suite.new_key()
    token = SearchIndex(suite, key, version=1, bits=bits).token("mobile", "exact", text)
    assert token is not None
    assert 0 <= token < 2**bits
    assert SearchIndex(suite, key, version=1, bits=bits).token("mobile", "exact", text) == token


def test_field_kind_version_and_key_each_give_other_tokens() -> None:
    suite = suite_of(1)
    key, other = suite.new_key(), suite.new_key()
    one = SearchIndex(suite, key, version=1, bits=62)
    tokens = [
        one.token("mobile", "exact", "1234"),
        one.token("landline", "exact", "1234"),
        one.token("mobile", "surname", "x 1234"),
        SearchIndex(suite, key, version=2, bits=62).token("mobile", "exact", "1234"),
        SearchIndex(suite, other, version=1, bits=62).token("mobile", "exact", "1234"),
    ]
    assert len(set(tokens)) == len(tokens)


def test_name_and_kind_cannot_be_shifted_into_each_other() -> None:
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=62)
    assert index._mac("mobile", "exact")(b"") != index._mac("mobilee", "xact")(b"")


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("exact", "8613800138000", "8613800138000"),
        ("exact", "", None),
        ("last4", "8613800138000", "8000"),
        ("last4", "11010519491231002X", "002X"),
        ("last4", "8000", None),
        ("surname", "王芳", "王"),
        ("surname", "欧阳娜娜", "欧阳"),
        ("surname", "买买提·艾力", "买"),
        ("surname", "ada lovelace", "lovelace"),
        ("surname", "", None),
        ("domain", "wang@example.cn", "example.cn"),
        ("domain", "wang", None),
    ],
)
def test_each_kind_takes_its_part(kind: str, text: str, part: str | None) -> None:
    assert PARTS[kind](text) == part
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=20)
    assert (index.token("f", kind, text) is None) == (part is None)


@given(suites, st.binary(max_size=20), st.binary(max_size=20), st.text(max_size=9), st.text(max_size=9))
def test_unique_tokens_are_whole_and_keep_namespaces_apart(
    suite: Suite, one: bytes, two: bytes, text: str, other: str
) -> None:
    index = SearchIndex(suite, suite.new_key(), version=1, bits=8)
    first, second = index.unique("order_no", one, text), index.unique("order_no", two, other)
    assert len(first) == 32
    assert (first == second) == ((one, text) == (two, other))


def test_tokens_spread_evenly() -> None:
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=bits_for(4096))
    sizes = Counter(index.token("mobile", "exact", str(n)) for n in range(4096))
    assert max(sizes.values()) < math.sqrt(4096)
