import hashlib
import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.crypto.indexes import COMPARED, KINDS, SearchIndex, bits_for, code_of
from shouxin.core.crypto.suites import SUITES, Suite, suite_of

CUSTOMER = bytes(range(16))
STORED = {
    "exact": ("8613800138000", "8613800138000"),
    "last4": ("8613800138000", "8000"),
    "surname": ("欧阳娜娜", "欧阳"),
    "domain": ("wang@example.cn", "example.cn"),
    "window2": ("买买提·艾力", "提艾力"),
    "pinyin": ("曾小芳", "cengxiao"),
    "initials": ("曾小芳", "cxf"),
    "address": ("上海市静安区南京西路12号金桂花园3栋101室", "金桂花园3号楼"),
}
suites = st.sampled_from(list(SUITES.values()))


@given(st.integers(64, 10**12))
def test_coincidences_stay_between_two_and_the_root_of_the_register(planned: int) -> None:
    coincidences = planned / 2 ** bits_for(planned)
    assert 2 <= coincidences < math.sqrt(planned)


def test_too_small_a_plan_is_refused() -> None:
    with pytest.raises(ValueError, match="64"):
        bits_for(63)


@given(suites, st.text(min_size=1, max_size=20), st.integers(1, 31))
def test_a_token_is_repeatable_and_fits(suite: Suite, text: str, bits: int) -> None:
    key = suite.new_key()
    index, again = (SearchIndex(suite, key, version=1, bits=bits) for _ in range(2))
    for kind in KINDS:
        tokens = index.tokens("f", kind, text, CUSTOMER)
        assert all(0 <= token < 2**bits for token in tokens)
        assert again.tokens("f", kind, text, CUSTOMER) == tokens


def test_field_kind_version_and_key_each_give_other_tokens() -> None:
    suite = suite_of(1)
    key, other = suite.new_key(), suite.new_key()
    one = SearchIndex(suite, key, version=1, bits=31)
    tokens = [
        one.tokens("mobile", "exact", "1234", CUSTOMER),
        one.tokens("landline", "exact", "1234", CUSTOMER),
        one.tokens("mobile", "last4", "x 1234", CUSTOMER),
        SearchIndex(suite, key, version=2, bits=31).tokens("mobile", "exact", "1234", CUSTOMER),
        SearchIndex(suite, other, version=1, bits=31).tokens("mobile", "exact", "1234", CUSTOMER),
    ]
    assert len({token for (token,) in tokens}) == len(tokens)


def test_name_and_kind_cannot_be_shifted_into_each_other() -> None:
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=31)
    assert index._mac("mobile", "exact")(b"") != index._mac("mobilee", "xact")(b"")


@pytest.mark.parametrize(
    ("kind", "text", "part"),
    [
        ("exact", "8613800138000", ["8613800138000"]),
        ("exact", "", []),
        ("last4", "8613800138000", ["8000"]),
        ("last4", "11010519491231002X", ["002X"]),
        ("last4", "8000", []),
        ("surname", "王芳", ["王"]),
        ("surname", "欧阳娜娜", ["欧阳"]),
        ("surname", "买买提·艾力", ["买"]),
        ("surname", "ada lovelace", ["lovelace"]),
        ("surname", "", []),
        ("domain", "wang@example.cn", ["example.cn"]),
        ("domain", "wang", []),
        ("window2", "王小芳", ["王小", "小芳"]),
        ("window2", "买提·艾力", ["买提", "提艾", "艾力"]),
        ("window2", "𠮷田", ["𠮷田"]),
        ("window2", "josé garcía lópez", ["jos", "gar", "lop"]),
        ("window2", "li bo", ["libo"]),
        ("window2", "", []),
        ("pinyin", "单小芳", ["shan'xiao", "dan'xiao", "xiao'fang"]),
        ("pinyin", "芳", []),
        ("initials", "单小芳", ["sxf", "dxf"]),
        ("initials", "ada", []),
        ("address", "北京市海淀区中关村大街1号院2号楼301", ["村大街1"]),
        ("address", "北京市海淀区", []),
    ],
)
def test_each_kind_takes_its_parts(kind: str, text: str, part: list[str]) -> None:
    assert KINDS[kind].parts(text) == part
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=20)
    assert len(index.tokens("f", kind, text, CUSTOMER)) == len(part)


@given(suites, st.sampled_from(sorted(KINDS)), st.binary(min_size=16, max_size=16), st.integers(5, 31))
def test_what_is_sought_is_what_stands_there_in_every_partition(
    suite: Suite, kind: str, customer: bytes, bits: int
) -> None:
    index = SearchIndex(suite, suite.new_key(), version=1, bits=bits)
    stored, typed = STORED[kind]
    standing = set(index.tokens("f", kind, stored, customer))
    ways = index.sought("f", kind, typed)
    assert any(all(standing & set(tokens) for tokens in parts) for parts in ways)
    assert all(len(tokens) == 2 ** index.spread(kind) for parts in ways for tokens in parts)
    assert KINDS[kind].holds(stored, typed)


def test_a_frequent_value_is_spread_over_partitions_that_share_no_token() -> None:
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=18)
    ids = [bytes(15) + bytes([last]) for last in range(256)]
    tokens = Counter(index.tokens("person_name", "window2", "张伟", one)[0] for one in ids)
    assert sorted(tokens.values()) == [16] * 16
    assert {token >> 14 for token in tokens} == set(range(16))


def test_a_small_register_has_fewer_partitions() -> None:
    index = SearchIndex(suite_of(1), suite_of(1).new_key(), version=1, bits=bits_for(64))
    assert index.spread("window2") == 0


@pytest.mark.parametrize(
    ("stored", "typed", "begins"),
    [
        ("张伟", "张", True),
        ("张伟", "伟", False),
        ("单雄信", "dan", True),
        ("单雄信", "xiong", False),
        ("单雄信", "shanxiong", True),
        ("ada lovelace", "love", True),
        ("ada lovelace", "lace", False),
    ],
)
def test_a_name_is_compared_by_how_it_begins(stored: str, typed: str, begins: bool) -> None:  # noqa: FBT001
    assert COMPARED["begins"](stored, typed) is begins


def test_numbers_of_kinds_and_codes_of_names_stay_as_the_format_says() -> None:
    assert {name: kind.number for name, kind in KINDS.items()} == {
        "exact": 1, "last4": 2, "surname": 3, "domain": 4, "window2": 5, "pinyin": 6, "initials": 7,
        "address": 8,
    }  # fmt: skip
    assert code_of("mobile") == int.from_bytes(hashlib.sha256(b"mobile").digest()[:4], "big", signed=True)


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
    sizes = Counter(index.tokens("mobile", "exact", str(n), CUSTOMER)[0] for n in range(4096))
    assert max(sizes.values()) < math.sqrt(4096)
