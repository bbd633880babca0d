"""Identifiers are found in the sentences clerks write, and digits that are none are left alone."""

import random
from itertools import pairwise

import pytest

from shouxin.core.identifiers import mask, recognise
from shouxin.core.identifiers.tests.sentences import CHECKED, hard_text_with_truth, score, text_with_truth


def test_generated_text_is_read_almost_without_fault() -> None:
    r = random.Random(20261121)
    assert score(text_with_truth(r) for _ in range(4000))["all"] >= 0.995


def test_what_proves_itself_is_found_however_it_is_spelled() -> None:
    r = random.Random(20261126)
    found = score(hard_text_with_truth(r) for _ in range(4000))
    assert {kind: found[kind] >= 0.99 for kind in CHECKED} == dict.fromkeys(CHECKED, True), found


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("１３８１２３４１２３４", ["MOBILE"]),
        ("13812341234 13912341234", ["MOBILE", "MOBILE"]),
        ("138.1234.1234", ["MOBILE"]),
        ("(+86)13812341234", ["MOBILE"]),
        ("香港 +852 9123 4567", ["PHONE"]),
        ("010-62345678转801", ["LANDLINE"]),
        ("台胞证12345678", ["TWTP"]),
        ("编号12345678", []),
        ("S20240506", []),
        ("护照S20240506", ["PASSPORT-CN"]),
        ("身份证110105194912310021", ["ID-CN18"]),  # one digit mistyped is a person's number still
        ("123456789012345678", []),
        ("3.13812341234", []),
        ("113812341234", []),
        ("1380 1380 13800", []),
        ("a@b", []),
        ("@example.com", []),
        ("", []),
    ],
)
def test_odd_spellings(text: str, kinds: list[str]) -> None:
    assert [found.kind for found in recognise(text)] == kinds


def test_found_places_are_in_order_and_apart() -> None:
    text = "张三13812341234，李四110105194912310 02X，邮箱li.si@example.com，京A12348"
    places = [(found.start, found.end) for found in recognise(text)]
    assert places == sorted(places)
    assert all(one[1] <= other[0] for one, other in pairwise(places))


def test_masked_text_holds_no_identifier() -> None:
    r = random.Random(7)
    for _ in range(500):
        text, truth = text_with_truth(r)
        shown, labelled = mask("M-TEXT", text), mask("M-TEXT", text, profile="strict")
        for found in truth:
            value = text[found.start : found.end]
            assert value not in labelled
            assert value not in shown or found.kind == "USCC"  # public company data
