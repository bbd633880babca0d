"""Every naughty string comes back exactly as it was sent, or its row is refused with a code; none is logged."""

import base64
import csv
import os
from pathlib import Path

import pytest

from shouxin.api.tests.conftest import Make

DATA = os.environ.get("SHOUXIN_TESTDATA")
pytestmark = [
    pytest.mark.data,
    pytest.mark.skipif(not DATA, reason="SHOUXIN_TESTDATA names no folder with the public test sets"),
]


def naughty() -> list[str]:
    with (Path(DATA or "") / "naughty-strings" / "blns.csv").open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        return [base64.b64decode(row["string_base64"]).decode() for row in rows if row["string_base64"]]


def test_naughty_names_round_trip_or_are_refused(program: Make, caplog: pytest.LogCaptureFixture) -> None:
    app, texts = program(), naughty()
    assert len(texts) > 400
    rows = [app.person(text) for text in texts]
    created: dict[str, str] = {}
    for start in range(0, len(rows), 1000):
        status, answer = app.call(
            "POST", "customers:batch", {**app.footing(), "rows": rows[start : start + 1000]}
        )
        assert status == 200
        for row, text in zip(answer["results"], texts[start:], strict=False):
            assert row["id"] or row["code"]
            if row["id"]:
                created[row["id"]] = text
    assert len(created) > 300
    ids = list(created)
    for start in range(0, len(ids), 1000):
        _, answer = app.read(ids=ids[start : start + 1000], fields=("person_name",))
        for found in answer["results"]:
            assert found["values"]["person_name"]["text"] == created[found["id"]].strip()
    assert not [text for text in texts if len(text) > 12 and text in caplog.text]


def test_naughty_terms_find_nobody_and_break_nothing(program: Make) -> None:
    app = program()
    for text in naughty()[::10]:
        status, _ = app.call("POST", "customers:search", {"purpose": "sales_contract", "term": text[:200]})
        assert status in {200, 422}
