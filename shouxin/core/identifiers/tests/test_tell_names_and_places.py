"""Names and addresses told in a note are found where something says so, and hidden when the note is masked."""

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import mask
from shouxin.core.identifiers.narrating import PERSON, PLACE, tell
from shouxin.core.identifiers.tests.tales import TALK, measured, tale_with_truth


def told(text: str) -> list[tuple[str, str]]:
    return [(found.kind, text[found.start : found.end]) for found in tell(text)]


def test_generated_notes_are_read_well() -> None:
    r = random.Random(20261126)
    found = measured(tale_with_truth(r) for _ in range(1500))
    assert found[PERSON]["f1"] >= 0.96, found
    assert found[PERSON]["precision"] >= 0.99, found
    assert found[PLACE]["f1"] >= 0.86, found
    assert found[PLACE]["hidden"] >= 0.93, found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("王建国先生来电", [(PERSON, "王建国")]),
        ("联系人：李小明，电话未留", [(PERSON, "李小明")]),
        ("李军也来了，请转告欧阳雪明天上门", [(PERSON, "李军"), (PERSON, "欧阳雪")]),
        ("和买买提·艾力约好周三", [(PERSON, "买买提·艾力")]),
        ("Mr. John Smith called", [(PERSON, "John Smith")]),
        ("Customer: Jürgen Müller, wants a refund", [(PERSON, "Jürgen Müller")]),
        ("送到北京市海淀区中关村大街1号院2号楼301，", [(PLACE, "北京市海淀区中关村大街1号院2号楼301")]),
        ("她住在文三路478号华星时代广场A座1502", [(PLACE, "文三路478号华星时代广场A座1502")]),
        ("安装在解放路88号。", [(PLACE, "解放路88号")]),
        ("楼层3层，第5号货柜，2号线附近，共12组", []),
        ("", []),
    ],
)
def test_what_is_told_and_where(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


@pytest.mark.parametrize("text", TALK)
def test_talk_about_goods_names_nobody(text: str) -> None:
    assert told(text) == []


def test_masked_notes_show_no_name_and_no_door() -> None:
    note = "王建国先生手机13812345678，收货地址：上海市浦东新区张杨路500弄3号1202室，李小明签收"
    shown, labelled = mask("M-TEXT", note), mask("M-TEXT", note, profile="strict")
    assert shown == "王**先生手机138****5678，收货地址：上海市浦东新区****，李**签收"
    assert labelled == "[姓名]先生手机[手机号]，收货地址：[地址]，[姓名]签收"


SAYS_SOMETHING = [
    "王建国先生",
    "联系人：李小明",
    "李军也来了",
    "Mr. John Smith ",
    "她住在文三路478号",
    "解放路88号",
    "欧阳雪",
]


@given(st.lists(st.sampled_from(SAYS_SOMETHING) | st.text(max_size=20), max_size=12).map("".join))
def test_places_are_in_order_and_apart_whatever_is_written(text: str) -> None:
    places = [(found.start, found.end) for found in tell(text)]
    assert all(start < end for start, end in places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))
    mask("M-TEXT", text)
