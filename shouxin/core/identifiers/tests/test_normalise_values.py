"""Two spellings of one thing have one normal form; two things never share one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import VALIDATORS, normalise


@pytest.mark.parametrize(
    ("kind", "normal", "spellings"),
    [
        ("MOBILE", "8613812341234", ["13812341234", "138 1234 1234", "+86-138-1234-1234", "１３８１２３４１２３４"]),
        ("LANDLINE", "861062345678", ["010-62345678", "(010)6234 5678", "+86 10 62345678", "010-62345678转801"]),
        ("PHONE", "14155552671", ["+1 415 555 2671", "001 (415) 555-2671"]),
        ("ID-CN18", "11010519491231002X", ["11010519491231002x", "110105 19491231 002Ｘ"]),
        ("EMAIL", "a.b@example.com", ["A.B@Example.com ", "ａ.b＠example.com"]),
        ("NAME", "买买提·吐尔逊", ["买买提•吐尔逊", " 买买提・吐尔逊 ", "买买提．吐尔逊"]),
        ("NAME", "张三", ["张 三", "张\u3000三", "张三\u200b"]),
        ("NAME", "zhang san", ["Zhang  San", "ＺＨＡＮＧ ＳＡＮ"]),
        ("NAME", "葛城", ["葛\U000e0100城", "葛城"]),
        ("ORGANISATION", "云海(北京)科技有限公司", ["云海（北京）科技有限公司", "云海(北京)科技有限公司 "]),
        ("PLATE", "京A12348", ["京A·12348", "京a 12348", "京A-12348"]),
        ("USCC", "91350100M000100Y43", ["91350100m000100y43", "9135-0100 M000 100Y43"]),
        ("DATE", "2026-03-09", ["2026/3/9", "2026年3月9日", "20260309"]),
        ("AMOUNT", "156800", ["156,800.00", "15.68万元", "¥156800"]),
        ("GENDER", "2", ["女", "F", "2"]),
    ],
)  # fmt: skip
def test_spellings_meet(kind: str, normal: str, spellings: list[str]) -> None:
    assert {normalise(kind, spelling) for spelling in spellings} == {normal}


def test_rare_characters_are_kept() -> None:
    for name in ("𠮷野", "㳇", "李〇", "\ue863"):
        assert normalise("NAME", name) == name


def test_names_of_a_kind_are_forgiving() -> None:
    assert (
        normalise("phone", "13812341234")
        == normalise("MOBILE", "13812341234")
        == normalise("mobile", "13812341234")
    )
    assert normalise("id_number", " 1x ") == "1X"


# E.164 digits alone no longer say that they are international; a rate no longer says that it was a percentage.
@given(
    st.sampled_from(sorted(VALIDATORS - {"LANDLINE", "MOBILE", "NUMBER", "PHONE", "RATE"})),
    st.text(max_size=40),
)
def test_normal_form_is_stable(kind: str, value: str) -> None:
    once = normalise(kind, value)
    assert normalise(kind, once) == once
