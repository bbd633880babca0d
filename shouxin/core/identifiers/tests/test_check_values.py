"""Dates, amounts, addresses of the net and codes."""

from datetime import date

import pytest

from shouxin.core.identifiers import check

TODAY = date(2026, 11, 21)


@pytest.mark.parametrize(
    ("kind", "value", "broken"),
    [
        ("DATE", "2026-03-09", None),
        ("DATE", "2026/3/9", None),
        ("DATE", "2026年3月9日", None),
        ("DATE", "20260309", None),
        ("DATE", "2026-03-09 12:30:00", None),
        ("DATE", "2026-03-09T12:30:00+08:00", None),
        ("DATE", "2023-02-30", "date.impossible"),
        ("DATE", "2023-13-01", "date.impossible"),
        ("DATE", "08/11/2022", "date.ambiguous"),
        ("DATE", "44927", "date.form"),
        ("DATE", "2026-03/09", "date.form"),
        ("PAST-DATE", "2026-11-21", None),
        ("PAST-DATE", "2026-11-22", "date.future"),
        ("PAST-DATE", "1880-01-01", "date.old"),
        ("PAST-DATE", "2023-02-30", "date.impossible"),
        ("OPEN-DATE", "长期", None),
        ("OPEN-DATE", "2036-01-01", None),
        ("AMOUNT", "156800.00", None),
        ("AMOUNT", "¥156,800.00", None),
        ("AMOUNT", "15.68万元", None),
        ("AMOUNT", "-383.031", None),
        ("AMOUNT", "1,23,4", "amount.form"),
        ("AMOUNT", "NaN", "amount.form"),
        ("AMOUNT", "1e99", "amount.size"),
        ("AMOUNT", "=1+1", "amount.form"),
        ("QUANTITY", "三", "quantity.form"),
        ("RATE", "20%", None),
        ("RATE", "1.5", "rate.range"),
        ("NUMBER", "20%", None),
        ("EMAIL", "Zhang.San+tag@mail.example.com", None),
        ("EMAIL", "a..b@example.com", "email.form"),
        ("EMAIL", "a@b@example.com", "email.form"),
        ("EMAIL", "a@例子.中国", None),
        ("EMAIL", f"{'a' * 65}@example.com", "email.form"),
        ("POST", "42420", "post.foreign"),
        ("POST", "SW1A 1AA", "post.foreign"),
        ("POST", "abc", "post.form"),
        ("REGION", "110103", None),
        ("REGION", "999999", "region.unknown"),
        ("PLATE", "京A·12348", None),
        ("PLATE", "京AD12345", None),
        ("PLATE", "京A12345D", None),
        ("PLATE", "粤Z1234港", None),
        ("PLATE", "京A123456", "plate.form"),
        ("IP", "2001:db8::1", None),
        ("IP", "256.1.1.1", "ip.form"),
        ("DEVICE", "A4:5E:60:C2:43:21", None),
        ("GEO", "39.98，116.32", None),
        ("GEO", "39.98,516.32", "geo.form"),
        ("GENDER", "女", None),
        ("GENDER", "x", "gender.form"),
        ("WECHAT", "zhang san", "wechat.form"),
        ("ACCOUNT", "1100 1234 5678 9011 234", None),
    ],
)
def test_value_is_judged_by_its_rule(kind: str, value: str, broken: str | None) -> None:
    problem = check(kind, value, today=TODAY)
    assert (problem.code if problem else None) == broken
