"""The Merkle tree of RFC 6962 section 2 over SHA-256: hashing, growing, proving, checking proofs.

A *node* is named (height, index): it covers the leaves `index << height` up to, not including,
`(index + 1) << height`. Whoever makes proofs hands in a `NodeReader` for complete nodes; this module never
stores anything.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import TypeAlias

from shouxin.core.ledger.errors import ProofError

LEAF_PREFIX = b"\x00"
NODE_PREFIX = b"\x01"
HASH_LENGTH = 32
EMPTY_ROOT = sha256(b"").digest()

NodeReader: TypeAlias = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256(0x00 ‖ entry)."""
    return sha256(LEAF_PREFIX + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """RFC 6962 section 2.1: SHA-256(0x01 ‖ left ‖ right)."""
    return sha256(NODE_PREFIX + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The Merkle tree hash over leaf (or equally high node) hashes; of none, the hash of the empty string."""
    grown = CompactRange()
    for item in hashes:
        grown.append(item)
    return grown.root()


class CompactRange:
    """The right edge of a growing tree: one hash per set bit of its size. Appending costs one hash on average."""

    def __init__(self, size: int = 0, nodes: Sequence[bytes] = ()) -> None:
        """`nodes` are the roots of the complete subtrees that make up `size`, the largest first."""
        if size < 0 or len(nodes) != size.bit_count():
            raise ValueError("a compact range has one hash per set bit of its size")
        self.size = size
        self._nodes = list(nodes)

    def append(self, item: bytes) -> list[tuple[int, bytes]]:
        """Add one leaf hash; gives the nodes that became complete, as (height, hash), lowest first."""
        completed = [(0, item)]
        rest, height = self.size, 0
        while rest & 1:
            item = sha256(NODE_PREFIX + self._nodes.pop() + item).digest()
            height += 1
            completed.append((height, item))
            rest >>= 1
        self._nodes.append(item)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The root of the tree of the present size (RFC 6962 section 2.1)."""
        if not self._nodes:
            return EMPTY_ROOT
        result = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            result = node_hash(node, result)
        return result


def inclusion_proof(index: int, size: int, node: NodeReader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 section 2.1.1), leaf side first.

    Raises:
        ProofError: there is no such leaf.
    """
    if not 0 <= index < size:
        raise ProofError("no such leaf")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, node: NodeReader) -> list[bytes]:
    """The proof that the tree of `old` leaves is a beginning of that of `new` (RFC 6962 section 2.1.2).

    Raises:
        ProofError: not 0 < old <= new.
    """
    if not 0 < old <= new:
        raise ProofError("no consistency proof between these sizes")
    path = []
    start, end, whole = 0, new, True
    while end > old:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_span(middle, end, node))
            end = middle
        else:
            path.append(_span(start, middle, node))
            start, whole = middle, False
    if not whole:
        path.append(_span(start, end, node))
    return path[::-1]


def check_inclusion(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """RFC 9162 section 2.1.3.2.

    Raises:
        ProofError: the proof does not lead from `leaf` at `index` to `root`.
    """
    if not 0 <= index < size:
        raise ProofError("no such leaf")
    first, last, result = index, size - 1, leaf
    for item in proof:
        if last == 0:
            raise ProofError("the proof is too long")
        if first & 1 or first == last:
            result = node_hash(item, result)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            result = node_hash(result, item)
        first, last = first >> 1, last >> 1
    if last or result != root:
        raise ProofError("the proof does not lead to the root")


def check_consistency(
    *, old_size: int, old_root: bytes, new_size: int, new_root: bytes, proof: Sequence[bytes]
) -> None:
    """RFC 9162 section 2.1.4.2.

    Raises:
        ProofError: the proof does not show that the old tree is a beginning of the new one.
    """
    if not 0 < old_size <= new_size:
        raise ProofError("no consistency proof between these sizes")
    if old_size == new_size:
        if proof or old_root != new_root:
            raise ProofError("two roots for one size")
        return
    path = list(proof) if old_size & (old_size - 1) else [old_root, *proof]
    if not path:
        raise ProofError("the proof is too short")
    _follow(path, old_size - 1, new_size - 1, old_root, new_root)


def _follow(path: list[bytes], first: int, last: int, old_root: bytes, new_root: bytes) -> None:
    while first & 1:
        first, last = first >> 1, last >> 1
    old = new = path[0]
    for item in path[1:]:
        if last == 0:
            raise ProofError("the proof is too long")
        if first & 1 or first == last:
            old, new = node_hash(item, old), node_hash(item, new)
            while not first & 1 and first:
                first, last = first >> 1, last >> 1
        else:
            new = node_hash(new, item)
        first, last = first >> 1, last >> 1
    if last or old != old_root or new != new_root:
        raise ProofError("the proof does not lead from the old root to the new one")


def _split(width: int) -> int:
    """The largest power of two below `width`, the place where RFC 6962 divides a tree."""
    return 1 << (width - 1).bit_length() - 1


def _span(start: int, end: int, node: NodeReader) -> bytes:
    """The hash over the leaves `start` to `end` of a tree, put together from complete nodes."""
    width = end - start
    if width & (width - 1) == 0:
        height = width.bit_length() - 1
        return node(height, start >> height)
    middle = start + _split(width)
    return node_hash(_span(start, middle, node), _span(middle, end, node))
