"""One entry has one encoding, and nothing but codes gets into it."""

import json
from datetime import UTC, date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.ledger.entry import LONGEST, Entry, decode, encode, heads
from shouxin.core.ledger.errors import EntryError

AT = datetime(2026, 3, 1, 8, 30, 5, 120, tzinfo=UTC)


class Colour(StrEnum):
    RED = "red"


def entry(**changed: Any) -> Entry:
    known: dict[str, Any] = {
        "id": UUID(int=1),
        "at": AT,
        "event": "field.revealed",
        "actor": UUID(int=2),
        "customer": None,
        "purpose": None,
        "data": {},
    }
    return Entry(**known | changed)


codes = st.from_regex(r"[a-z_][a-z0-9_.-]{0,30}", fullmatch=True).filter(
    lambda text: sum(character.isdigit() for character in text) < 7
)
names = codes.filter(lambda text: text[0] != "_")
scalars = st.one_of(
    st.none(), st.booleans(), st.integers(-(10**10) + 1, 10**10 - 1), codes, st.uuids().map(str)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4),
    max_leaves=8,
).filter(lambda value: _depth(value) <= 4)
moments = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - a bound, made aware


def _depth(value: object) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list) else 0


@given(data=st.dictionaries(names, values, max_size=5), at=moments, customer=st.none() | st.uuids())
def test_what_was_written_is_read_again(data: dict[str, Any], at: datetime, customer: UUID | None) -> None:
    written = entry(data=data, at=at, customer=customer, purpose="after_sales")
    assert decode(encode(written)) == written


@given(data=st.dictionaries(names, values, max_size=5))
def test_bytes_are_the_sorted_json_of_the_standard_library(data: dict[str, Any]) -> None:
    body = encode(entry(data=data))
    again = json.dumps(json.loads(body[1:]), sort_keys=True, separators=(",", ":"))
    assert body == b"\x01" + again.encode()


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_read_exactly_or_refused(body: bytes) -> None:
    _read_exactly_or_refused(b"\x01" + body)


WHOLE = encode(entry(data={"count": 2, "key": "mobile"}))


@given(at=st.integers(1, len(WHOLE) - 1), other=st.sampled_from([b"", b" ", b"3", b"a", b"B", b'"', b"\\"]))
def test_changed_bytes_are_read_exactly_or_refused(at: int, other: bytes) -> None:
    _read_exactly_or_refused(WHOLE[:at] + other + WHOLE[at:])


def _read_exactly_or_refused(body: bytes) -> None:
    try:
        read = decode(body)
    except EntryError:
        return
    assert encode(read) == body


def test_times_are_written_in_utc_with_six_digits() -> None:
    east = timezone(timedelta(hours=8))
    assert b'"at":"2026-03-01T08:30:05.000120Z"' in encode(entry(at=AT.astimezone(east)))


def test_ids_dates_and_names_of_enumerations_are_codes() -> None:
    data = {"batch": UUID(int=3), "until": date(2026, 9, 1), "colour": Colour.RED, "kinds": ("a", "b")}
    read = decode(encode(entry(data=data)))
    assert read.data == {
        "batch": str(UUID(int=3)),
        "until": "2026-09-01",
        "colour": "red",
        "kinds": ["a", "b"],
    }


@pytest.mark.clause("A14.2")
@pytest.mark.parametrize(
    "value",
    [
        "张伟",
        "Zhang Wei",
        "13800138000",
        "138-0013-8000",
        "+8613800138000",
        "110105194912310028",
        "6222021234567890123",
        "someone@example.org",
        "192.168.100.200",
        "010-65521234",
        13800138000,
        1.5,
        b"bytes",
        {1},
        object(),
        "",
        "x" * 201,
        datetime(2026, 1, 1),  # noqa: DTZ001 - naive on purpose
    ],
)
def test_what_may_be_personal_data_is_refused(value: Any) -> None:
    for data in ({"value": value}, {"list": [value]}, {"inner": {"value": value}}):
        with pytest.raises(EntryError):
            encode(entry(data=data))
    if isinstance(value, str):
        with pytest.raises(EntryError):
            encode(entry(purpose=value))
        with pytest.raises(EntryError):
            encode(entry(data={value: 1}))


def test_refusal_does_not_repeat_the_value() -> None:
    with pytest.raises(EntryError) as raised:
        encode(entry(data={"phone": "13800138000"}))
    assert "138" not in str(raised.value)


@pytest.mark.parametrize(
    "value", ["0" * 32, "hmac-sha256:" + "12" * 32, "2026.07.15", "aes-256-gcm+hmac-sha256", "CN/PIPL/13"]
)
def test_digests_versions_and_citations_are_codes(value: str) -> None:
    assert decode(encode(entry(data={"value": value}))).data == {"value": value}


def test_an_entry_that_does_not_fit_a_bundle_is_refused() -> None:
    with pytest.raises(EntryError, match=str(LONGEST)):
        encode(entry(data={"ids": [str(UUID(int=number)) for number in range(2000)]}))


@pytest.mark.parametrize(
    "changed", [{"at": AT.replace(tzinfo=None)}, {"event": "Revealed"}, {"event": "no_verb"}]
)
def test_heads_out_of_form_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(EntryError):
        encode(entry(**changed))


def test_another_version_or_spacing_is_refused() -> None:
    body = encode(entry())
    for other in (b"\x02" + body[1:], b"", body.replace(b":", b": ", 1), body + b" "):
        with pytest.raises(EntryError):
            decode(other)


def test_heads_are_what_decoding_gives() -> None:
    body = encode(entry(customer=UUID(int=9), purpose="marketing", data={"count": 2}))
    assert heads(body) == (
        UUID(int=1),
        "2026-03-01T08:30:05.000120Z",
        "field.revealed",
        UUID(int=2),
        UUID(int=9),
        "marketing",
    )
    with pytest.raises(EntryError):
        heads(b"\x01{}")
