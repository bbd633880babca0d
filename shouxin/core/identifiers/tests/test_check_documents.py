"""Resident ID numbers and other papers: each rule is named by its own code."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.identifiers import check
from shouxin.core.identifiers.documents import birth_date

TODAY = date(2026, 11, 21)


def code(kind: str, value: str) -> str | None:
    problem = check(kind, value, today=TODAY)
    return problem.code if problem else None


def numbered(body: str) -> str:
    """The 17 digits with the check character of ISO 7064 MOD 11-2, computed here a second way (weights)."""
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


@pytest.mark.parametrize(
    ("number", "broken"),
    [
        (numbered("11010519991231002"), None),
        (numbered("11010519990231002"), "id.date"),
        (numbered("11010520000229002"), None),
        (numbered("11010519000229002"), "id.date"),
        (numbered("11010520270101002"), "id.future"),
        (numbered("11010518800101002"), "id.old"),
        (numbered("19010519991231002"), "id.region"),
        (numbered("11010319991231002"), None),  # 崇文区, abolished in 2010: codes of the past stand
        ("11010519491231002", "id.form"),
        ("1101051949123100２X", None),
        ("11010519491231002A", "id.form"),
        ("110105194912310O2X", "id.form"),
        ("٠١٢٣٤٥٦٧٨٩٠١٢٣٤٥٦٧", "id.form"),
    ],
)
def test_each_rule_of_the_resident_id_is_named(number: str, broken: str | None) -> None:
    assert code("ID-CN18", number) == broken


@given(st.integers(0, 16), st.integers(1, 9), st.integers(0, 9999))
def test_any_single_wrong_digit_is_found(position: int, shift: int, tail: int) -> None:
    good = numbered(f"1101051985061{tail:04d}")
    wrong = good[:position] + str((int(good[position]) + shift) % 10) + good[position + 1 :]
    assert code("ID-CN18", wrong) is not None


@given(st.integers(0, 16))
def test_swapped_neighbours_are_found(position: int) -> None:
    good = numbered("11010519850617234")
    swapped = good[:position] + good[position + 1] + good[position] + good[position + 2 :]
    assert swapped == good or code("ID-CN18", swapped) is not None


def test_legacy_number_is_accepted_with_a_remark() -> None:
    assert code("ID-CN", "110105491231002") == "id.legacy"
    assert code("ID-CN15", "110105491331002") == "id15.form"
    assert birth_date("110105491231002") == date(1949, 12, 31)


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("PASSPORT", "C01X0006H", None),
        ("PASSPORT", "AB-123 4567", None),
        ("PASSPORT", "PASSPORT", "passport.form"),
        ("PASSPORT-CN", "EA1234567", None),
        ("PASSPORT-CN", "EI1234567", "passport.form"),
        ("HKMTP", "M1234567801", None),
        ("TWTP", "1234567890(A)", None),
        ("TWTP", "1234567890（A）", None),
        ("RESPERMIT", numbered("83000019850617234"), None),
        ("RESPERMIT", numbered("84000019850617234"), "respermit.form"),
        ("RESIDENCE", "USA110000000001", None),
        ("OTHER-ID", "南字第12345678号", None),
        ("OTHER-ID", "x", "otherid.form"),
        ("USCC", "9135 0100 M000 100Y 43", None),
        ("USCC", "91350100M000100O43", "uscc.form"),
        ("USCC", "91350100M000100Y44", "uscc.check_digit"),
    ],
)
def test_other_papers(kind: str, value: str, broken: str | None) -> None:
    assert code(kind, value) == broken
