"""Which address a range takes in, however it is written."""

import pytest

from shouxin.access.clients.rules import address_of, comes_from, network


@pytest.mark.parametrize(
    ("address", "ranges", "inside"),
    [
        ("203.0.113.7", ["203.0.113.7/32"], True),
        ("203.0.113.8", ["203.0.113.7/32"], False),
        ("::ffff:203.0.113.7", ["203.0.113.0/24"], True),
        ("2001:db8::1", ["2001:db8::/32"], True),
        ("2001:db8::1%eth0", ["2001:db8::/32"], True),
        ("10.1.2.3", ["2001:db8::/32", "10.0.0.0/8"], True),
    ],
)
def test_range_takes_an_address_in(address: str, ranges: list[str], inside: bool) -> None:  # noqa: FBT001 - a table
    known = address_of(address)
    assert known is not None
    assert comes_from(known, ranges) is inside


@pytest.mark.parametrize("text", ["", "office", "10.0.0.0/8", "1.2.3", "::g"])
def test_what_is_no_address_comes_from_nowhere(text: str) -> None:
    assert address_of(text) is None


@pytest.mark.parametrize(
    ("text", "kept"),
    [("10.1.2.3/16", "10.1.0.0/16"), ("::1", "::1/128"), ("0.0.0.0/0", None), ("::/0", None), ("x", None)],
)
def test_range_is_kept_in_its_canonical_form(text: str, kept: str | None) -> None:
    assert network(text) == kept
