"""An address is found by road and house, estate or street, however it is typed; by nothing that a crowd shares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import mask, normalise
from shouxin.core.identifiers.addresses import NAMES, PAIRS, WINDOWS, holds, looks_like, parts, sought

DISTRICTS = [
    "",
    "北京市海淀区",
    "江苏省苏州市姑苏区",
    "新疆维吾尔自治区乌鲁木齐市天山区",
    "内蒙古自治区呼和浩特市新城区",
]
TOWNS = ["", "中关村街道", "青阳镇"]
ROADS = ["中山东一路", "建国路", "中关村大街", "滨河大道", "帽儿胡同"]
ESTATES = ["", "金桂花园", "橡树湾", "现代城小区", "望江名苑", "西溪里水岸人家"]
WIDE = str.maketrans({chr(n): chr(n + 0xFEE0) for n in range(0x21, 0x7F)})
HAN = "零一二三四五六七八九"


def in_characters(number: int) -> str:
    tens, ones = divmod(number, 10)
    return f"{'' if tens == 1 else HAN[tens]}十{HAN[ones] if ones else ''}" if tens else HAN[ones]


@st.composite
def places(draw: st.DrawFn) -> tuple[str, str, str]:
    """An address, the same as somebody else types it, and the part of both that a clerk is told."""
    district, town = draw(st.sampled_from(DISTRICTS)), draw(st.sampled_from(TOWNS))
    road, house = draw(st.sampled_from(ROADS)), draw(st.integers(1, 99))
    estate, building = draw(st.sampled_from(ESTATES)), draw(st.integers(1, 30))
    unit = draw(st.sampled_from(["栋", "幢", "号楼", "座"]))
    stored = f"{district}{town}{road}{house}号{estate}{building}栋2单元1203室"
    number = draw(st.sampled_from([str(house), in_characters(house)]))
    typed = f"{district} {road}{number}号，{estate}{building}{unit} 2单元 1203"
    told = draw(st.sampled_from([f"{road}{number}号", f"{district}{road}{house}"]))
    if estate and draw(st.booleans()):
        told = f"{estate}{building}{unit}"
    return stored, draw(st.sampled_from([typed, typed.translate(WIDE)])), told


@given(places())
def test_spellings_of_one_address_meet(place: tuple[str, str, str]) -> None:
    stored, typed, told = (normalise("ADDRESS", one) for one in place)
    assert parts(typed) == parts(stored)
    assert holds(stored, typed)
    assert holds(stored, told)
    assert looks_like(told)
    assert any(set(way) <= set(parts(stored)) for way in sought(told))


@given(places())
def test_what_the_mask_shows_is_never_looked_up(place: tuple[str, str, str]) -> None:
    """Province, city and district are shared by crowds: they stand in no token, and change none."""
    stored = normalise("ADDRESS", place[0])
    shown = mask("M-ADDR", stored).rstrip("*")
    assert parts(shown) == []
    assert parts(stored.removeprefix(shown)) == parts(stored)
    assert not any(part in shown for part in parts(stored))


@given(st.text(max_size=80) | st.text(alphabet="北京市区县路街号楼小花园村0123456789ab -，,", max_size=80))
def test_the_parts_of_whatever_stands_there_are_few_and_found_again(text: str) -> None:
    normal = normalise("ADDRESS", text)
    found = parts(normal)
    assert len(found) == len(set(found)) <= PAIRS + NAMES * WINDOWS
    assert not found or holds(normal, normal)


@pytest.mark.parametrize(
    "alone",
    [
        "北京市",
        "海淀区",
        "北京市海淀区中关村街道",
        "建国路",
        "88号",
        "2单元301室",
        "5栋",
        "周庄镇",
        "London",
        "NW1 6XE",
        "Flat 3",
    ],
)
def test_what_a_crowd_shares_is_not_looked_up_alone(alone: str) -> None:
    assert parts(alone) == []
    assert not holds(alone, alone)


@pytest.mark.parametrize(
    ("address", "typed", "expected"),
    [
        ("北京市海淀区中关村大街1号院2号楼301", "海淀中关村大街1号", True),
        ("北京市海淀区中关村大街1号院2号楼301", "中关村大街一号2栋", True),
        ("北京市海淀区中关村大街1号院2号楼301", "中关村大街11号", False),
        ("北京市海淀区中关村大街1号院2号楼301", "中关村大街1号2单元", False),
        ("北京市海淀区中关村大街1号院2号楼301", "上海市中关村大街1号", False),
        ("上海市长宁区长宁路999弄12号602室", "长宁路999弄", True),
        ("上海市长宁区长宁路999弄12号602室", "长宁路12号", False),
        ("北京市朝阳区建国路现代城5号楼", "现代城5栋", True),
        ("北京市朝阳区朝阳门外大街甲6号", "朝阳门外大街6号", True),
        ("陕西省西安市长安区石门村三组12号", "石门村3组", True),
        ("台北市信义区信义路五段7号", "信义路五段7号", True),
        ("221B Baker Street, London NW1 6XE", "baker street 221b", True),
        ("221B Baker Street, London NW1 6XE", "221b Bake", False),
        ("221B Baker Street, London NW1 6XE", "21b baker street", False),
        ("Flat 3, 12 Königstraße, Köln", "12 KONIGSTRASSE", True),
        ("1010 Wien, Stephansplatz 1", "Stephansplatz 1", True),
        ("5 rue de Rivoli, 75001 Paris", "5 Rue Rivoli", True),
        ("350 Fifth Avenue, New York, NY 10118", "350 Fifth Ave", True),
    ],
)
def test_an_address_is_told_from_others(address: str, typed: str, expected: bool) -> None:  # noqa: FBT001
    stored = normalise("ADDRESS", address)
    meets = any(set(way) <= set(parts(stored)) for way in sought(normalise("ADDRESS", typed)))
    assert (meets and holds(stored, normalise("ADDRESS", typed))) is expected
