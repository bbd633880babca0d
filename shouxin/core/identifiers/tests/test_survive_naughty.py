"""The Big List of Naughty Strings: nothing raises, nothing leaks."""

import base64
import csv
import os
import pathlib
from datetime import date

import pytest

from shouxin.core.identifiers import HIDDEN, MASKS, PROFILES, VALIDATORS, check, mask, normalise, recognise
from shouxin.core.identifiers.columns import columns, propose

pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif("SHOUXIN_TESTDATA" not in os.environ, reason="SHOUXIN_TESTDATA is not set"),
]
TODAY = date(2026, 11, 21)
POSITIONAL = MASKS - {"M-ADDR", "M-AGE", "M-AMOUNT", "M-GEO", "M-NONE", "M-TEXT"}


def strings() -> list[str]:
    path = pathlib.Path(os.environ["SHOUXIN_TESTDATA"], "naughty-strings", "blns.csv")
    with path.open(encoding="utf-8", newline="") as lines:
        found = [base64.b64decode(row["string_base64"]).decode("utf-8") for row in csv.DictReader(lines)]
    return [*found, "\ud800", "\x00", "x" * 100_000, "１" * 100_000, "a@" * 20_000, "1 " * 20_000]


def test_every_check_answers() -> None:
    for value in strings():
        for validator in VALIDATORS:
            problem = check(validator, value, today=TODAY)
            assert problem is None or problem.text.zh


def test_every_normal_form_is_made() -> None:
    for value in strings():
        for kind in VALIDATORS:
            assert isinstance(normalise(kind, value), str)


def test_no_mask_shows_a_whole_value() -> None:
    for value in strings():
        for rule in POSITIONAL:
            for profile in PROFILES:
                shown = mask(rule, value, profile=profile)
                assert shown != value or value in {"", HIDDEN} or not value.strip("*- ")


def test_text_and_columns_are_read() -> None:
    for value in strings():
        text = f"{value}，手机13812345678"
        assert [text[f.start : f.end] for f in recognise(text)] == ["13812345678"]
        propose(value, [value], keys=set(columns()))
