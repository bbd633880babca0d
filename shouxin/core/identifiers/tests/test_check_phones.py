"""Telephone numbers of China and elsewhere, in the ways people write them."""

from datetime import date

import pytest

from shouxin.core.identifiers import check

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("MOBILE", "138 1234 1234", None),
        ("MOBILE", "+86 138-1234-1234", None),
        ("MOBILE", "(+86)13812341234", None),
        ("MOBILE", "008613812341234", None),
        ("MOBILE", "１３８１２３４１２３４", None),
        ("MOBILE", "1381234123", "mobile.form"),
        ("MOBILE", "138123412345", "mobile.form"),
        ("MOBILE", "138l2341234", "mobile.form"),
        ("MOBILE", "+1 415 555 2671", None),
        ("MOBILE", "+852 9123 4567", None),
        ("MOBILE", "+44 (0)7911 123456", None),
        ("MOBILE", "+1 415 555", "phone.foreign"),
        ("MOBILE", "1440123456789", "mobile.machine"),
        ("LANDLINE", "01062345678", None),
        ("LANDLINE", "(0571) 8888-1234", None),
        ("LANDLINE", "010-62345678转801", None),
        ("LANDLINE", "+86 10 6234 5678", None),
        ("LANDLINE", "400-800-8888", None),
        ("LANDLINE", "62345678", "landline.area"),
        ("LANDLINE", "010-12345678", "landline.form"),
        ("LANDLINE", "13812341234", "landline.form"),
        ("PHONE", "13812341234", None),
        ("PHONE", "010-62345678", None),
        ("PHONE", "hello", "phone.form"),
        ("PHONE", "1" * 5000, "line.too_long"),
    ],
)
def test_number_is_judged_by_its_plan(kind: str, value: str, broken: str | None) -> None:
    problem = check(kind, value, today=TODAY)
    assert (problem.code if problem else None) == broken
