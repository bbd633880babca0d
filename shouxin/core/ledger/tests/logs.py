"""Logs for the tests of this folder, written by the writing side."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from shouxin.core.ledger.checkpoint import Checkpoint, SigningKey
from shouxin.core.ledger.entry import Entry, encode
from shouxin.core.ledger.tiles import ENTRIES, WIDTH, Edge, join_entries, join_hashes, tile_path
from shouxin.core.ledger.tree import leaf_hash, root_of

START = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)
KEY = SigningKey.parse("PRIVATE+KEY+example.org/ledger+5f5b716d+AQABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f")


def entry(number: int) -> bytes:
    """The `number`-th entry of the example log."""
    return encode(
        Entry(
            id=UUID(int=(0x019580A0 << 96) | (0x7 << 76) | (0b10 << 62) | number),
            at=START + timedelta(seconds=number),
            event="field.revealed",
            actor=UUID(int=7),
            customer=UUID(int=number % 5),
            purpose="after_sales",
            data={"fields": ["phone"], "count": number},
        )
    )


def checkpoint(entries: list[bytes], size: int | None = None, key: SigningKey = KEY) -> str:
    size = len(entries) if size is None else size
    return key.sign(Checkpoint(key.name, size, root_of([leaf_hash(one) for one in entries[:size]])))


def write_export(
    folder: Path, entries: list[bytes], kept: tuple[int, ...] = (), key: SigningKey = KEY
) -> None:
    """An export of `entries`, with earlier checkpoints at the sizes `kept`."""
    edge = Edge()
    for one in entries:
        for tile in edge.append(leaf_hash(one)):
            write(folder / tile_path(tile.level, tile.index), join_hashes(tile.hashes))
    for level, row in enumerate(edge.rows):
        if row:
            place = (edge.size >> 8 * level) // WIDTH
            write(folder / tile_path(level, place, len(row)), join_hashes(row))
    write_bundles(folder, entries)
    for size in kept:
        write(folder / "checkpoints" / f"{size:019}", checkpoint(entries, size, key).encode())
    write(folder / "checkpoint", checkpoint(entries, key=key).encode())
    write(folder / "ledger.pub", f"{key.public}\n".encode())


def write_bundles(folder: Path, entries: list[bytes]) -> None:
    for start in range(0, len(entries), WIDTH):
        bundle = entries[start : start + WIDTH]
        write(folder / tile_path(ENTRIES, start // WIDTH, len(bundle)), join_entries(bundle))


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
