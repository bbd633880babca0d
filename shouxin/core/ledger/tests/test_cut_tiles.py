"""Names and contents of tiles and bundles, as C2SP tlog-tiles has them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.ledger.errors import TileError
from shouxin.core.ledger.tiles import (
    join_entries,
    join_hashes,
    layout,
    split_entries,
    split_hashes,
    tile_path,
)


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 5, 7, "tile/0/005.p/7"),
        (1, 999, 256, "tile/1/999"),
        (0, 1000, 256, "tile/0/x001/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        ("entries", 1234067, 8, "tile/entries/x001/x234/067.p/8"),
    ],
)
def test_paths(level: int | str, index: int, width: int, path: str) -> None:
    assert tile_path(level, index, width) == path


def test_layout_of_the_example_in_the_specification() -> None:
    """70,000 leaves: 273 full tiles and one of 112; level 1: one full and one of 17; level 2: one of 1."""
    found = list(layout(70_000))
    assert [tile for tile in found if tile[2] < 256] == [(0, 273, 112), (1, 1, 17), (2, 0, 1)]
    assert len(found) == 274 + 2 + 1


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=256))
def test_hashes_come_back_from_their_tile(hashes: list[bytes]) -> None:
    assert split_hashes(join_hashes(hashes)) == hashes


@given(st.lists(st.binary(max_size=50), min_size=1, max_size=256))
def test_entries_come_back_from_their_bundle(entries: list[bytes]) -> None:
    assert split_entries(join_entries(entries)) == entries


whole = st.lists(st.binary(max_size=8), min_size=1, max_size=4).map(join_entries)


@given(st.binary(max_size=80) | st.builds(bytes.__add__, whole, st.binary(max_size=3)))
def test_a_bundle_is_read_exactly_or_refused(bundle: bytes) -> None:
    try:
        entries = split_entries(bundle)
    except TileError:
        return
    assert join_entries(entries) == bundle


@pytest.mark.parametrize("tile", [b"", b"x" * 31, b"x" * 32 * 257])
def test_a_tile_of_another_length_is_refused(tile: bytes) -> None:
    with pytest.raises(TileError):
        split_hashes(tile)


@pytest.mark.parametrize("bundle", [b"", b"\x00", b"\x00\x02x", b"\x00\x00" * 257])
def test_a_broken_bundle_is_refused(bundle: bytes) -> None:
    with pytest.raises(TileError):
        split_entries(bundle)
