"""The published vector of every identifier: one value that stands, one that falls."""

from datetime import date

import pytest

from shouxin.core.identifiers import Severity, check

TODAY = date(2026, 11, 21)
VECTORS = [
    ("ID-CN18", "11010519491231002X", "110105194912310021"),
    ("ID-CN15", "110105491231002", "1101054912310"),
    ("USCC", "91350100M000100Y43", "91350100M000100Y44"),
    ("ORGCODE", "M000100Y-4", "M000100Y-3"),
    ("BANKCARD", "6222021234567890128", "6222021234567890127"),
    ("MOBILE", "13812341234", "12812341234"),
    ("LANDLINE", "010-62345678", "010-1234"),
    ("PASSPORT-CN", "E12345678", "A1234"),
    ("HKMTP", "H12345678", "X12345678"),
    ("TWTP", "12345678", "1234567"),
    ("RESPERMIT", "810000199408230021", "810000199408230022"),
    ("PLATE", "京A12348", "京I12345"),
    ("VIN", "1M8GDM9AXKP042788", "1M8GDM9A1KP042788"),
    ("POST", "100080", "10008"),
    ("REGION", "110108", "010108"),
    ("EMAIL", "a.b@example.com", "a@b"),
    ("CNAPS", "102100000030", "10210"),
    ("TAXID", "91350100M000100Y43", "123"),
]
WARNED = {"BANKCARD", "VIN", "POST"}


@pytest.mark.parametrize(("kind", "valid", "invalid"), VECTORS)
def test_valid_stands_and_invalid_is_named(kind: str, valid: str, invalid: str) -> None:
    assert check(kind, valid, today=TODAY) is None
    problem = check(kind, invalid, today=TODAY)
    assert problem is not None
    assert problem.severity is (Severity.WARNING if kind in WARNED else Severity.ERROR)
    assert problem.text.zh
    assert problem.text.en
    assert invalid not in problem.text.zh + problem.text.en


@pytest.mark.parametrize(("kind", "valid", "_"), VECTORS)
def test_separators_width_and_case_do_not_count(kind: str, valid: str, _: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in valid)
    assert check(kind, f"  {wide}\u3000", today=TODAY) is None
    if kind != "EMAIL":
        assert check(kind, valid.lower(), today=TODAY) is None
