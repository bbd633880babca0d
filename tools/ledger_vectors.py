"""The ledger's part of docs/formats/vectors; see crypto_vectors.py."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from shouxin.core.ledger.checkpoint import ED25519, Checkpoint, SigningKey
from shouxin.core.ledger.entry import Entry, encode
from shouxin.core.ledger.tiles import WIDTH, join_entries, tile_path
from shouxin.core.ledger.tree import consistency_proof, inclusion_proof, leaf_hash, node_hash, root_of

ORIGIN = "shouxin.example/ledger/00000000"
ACTOR = UUID("01932d5a-7c00-4000-8000-00000000000a")
CUSTOMER = UUID("01932d5a-7c00-7000-8000-0000000000c1")
START = datetime(2026, 11, 21, 6, 5, tzinfo=UTC)
COUNT = 11
DATA: tuple[dict[str, Any], ...] = (
    {},
    {"fields": ["mobile", "person_name"], "purpose": "sales_contract", "reason": "order"},
    {"count": 50, "filter": "9f86d081884c7d659a2feaa0c55ad015", "sealed": {"profile.b.cust-base.3": 2}},
    {"z": None, "a": True, "Z": -7, "nested": [[1, [False]]], "on": "2026-11-21"},
)
PATHS = ((0, 0, 256), (0, 999, 256), (1, 1000, 256), (2, 1234567, 256), (0, 1234067, 1), ("entries", 42, 255))


def entry(number: int) -> bytes:
    return encode(
        Entry(
            id=UUID(f"01932d5a-7c00-7000-8000-{number:012x}"),
            at=START + timedelta(microseconds=number),
            event="field.revealed" if number % 2 else "list.viewed",
            actor=ACTOR,
            customer=CUSTOMER if number % 2 else None,
            purpose="sales_contract" if number % 3 else None,
            data=DATA[number % len(DATA)],
        )
    )


class Nodes:
    """The nodes of a small tree, computed when asked for."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves

    def __call__(self, height: int, index: int) -> bytes:
        if height == 0:
            return self._leaves[index]
        return node_hash(self(height - 1, 2 * index), self(height - 1, 2 * index + 1))


def ledger() -> dict[str, Any]:
    """Entries, hashes, roots of every size, all proofs, a key, checkpoints, names of tiles."""
    entries = [entry(number) for number in range(COUNT)]
    leaves = [leaf_hash(body) for body in entries]
    node = Nodes(leaves)
    key = SigningKey.parse(f"PRIVATE+KEY+{ORIGIN}+00000000+{b64encode(ED25519 + bytes(range(32))).decode()}")
    return {
        "entries": [body.hex() for body in entries],
        "leaves": [leaf.hex() for leaf in leaves],
        "roots": [root_of(leaves[:size]).hex() for size in range(COUNT + 1)],
        "inclusion": [
            {"index": index, "size": size, "path": [h.hex() for h in inclusion_proof(index, size, node)]}
            for size in range(1, COUNT + 1)
            for index in range(size)
        ],
        "consistency": [
            {"old": old, "new": new, "path": [h.hex() for h in consistency_proof(old, new, node)]}
            for new in range(1, COUNT + 1)
            for old in range(1, new + 1)
        ],
        "bundle": join_entries(entries).hex(),
        "public_key": str(key.public),
        "checkpoints": [key.sign(Checkpoint(ORIGIN, size, root_of(leaves[:size]))) for size in (0, 1, COUNT)],
        "tiles": [
            {"level": level, "index": index, "width": width, "path": tile_path(level, index, width)}
            for level, index, width in PATHS
        ],
        "tile_width": WIDTH,
    }
