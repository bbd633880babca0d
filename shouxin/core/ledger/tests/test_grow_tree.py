"""Roots and proofs agree with a Merkle tree that was not written here, at every size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymerkle import InclusionProof, InmemoryTree, verify_inclusion

from shouxin.core.ledger.errors import ProofError
from shouxin.core.ledger.tiles import Edge, layout, nodes_from
from shouxin.core.ledger.tree import (
    EMPTY_ROOT,
    CompactRange,
    check_consistency,
    check_inclusion,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    root_of,
)

SIZES = 600
LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(SIZES)]
sizes = st.integers(1, SIZES)


def node(height: int, index: int) -> bytes:
    return root_of(LEAVES[index << height : (index + 1) << height])


@pytest.mark.clause("A14.2")
def test_roots_of_every_size_agree_with_pymerkle() -> None:
    judge, grown = InmemoryTree(algorithm="sha256"), CompactRange()
    assert grown.root() == EMPTY_ROOT
    for number in range(SIZES):
        judge.append_entry(f"entry {number}".encode())
        grown.append(LEAVES[number])
        assert grown.root() == judge.get_root(), f"at size {number + 1}"


@given(size=sizes, data=st.data())
def test_inclusion_proofs_convince_pymerkle(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, root = LEAVES[index], root_of(LEAVES[:size])
    path = inclusion_proof(index, size, node)
    check_inclusion(leaf=leaf, index=index, size=size, proof=path, root=root)
    rule = _sides(index, size)
    proof = InclusionProof("sha256", True, size, index + 1, rule, [leaf, *path])
    verify_inclusion(leaf, root, proof, index=index + 1, size=size)


def _sides(index: int, size: int) -> list[int]:
    """On which side each hash of the path stands: 0 right, 1 left; pymerkle wants a last 0 more."""
    sides, start, end = [], 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        sides.append(int(index >= middle))
        start, end = (middle, end) if index >= middle else (start, middle)
    return [*reversed(sides), 0]


@given(old=sizes, new=sizes)
def test_consistency_proofs_hold_between_all_sizes(old: int, new: int) -> None:
    old, new = sorted((old, new))
    proof = consistency_proof(old, new, node)
    check_consistency(
        old_size=old,
        old_root=root_of(LEAVES[:old]),
        new_size=new,
        new_root=root_of(LEAVES[:new]),
        proof=proof,
    )


@given(old=sizes, new=sizes, data=st.data())
def test_a_spoiled_consistency_proof_is_refused(old: int, new: int, data: st.DataObject) -> None:
    old, new = sorted((old, new))
    proof = consistency_proof(old, new, node)
    old_root, new_root = root_of(LEAVES[:old]), root_of(LEAVES[:new])
    other = leaf_hash(b"other")
    spoiled = [
        {"old_root": other, "new_root": new_root, "proof": proof},
        {"old_root": old_root, "new_root": other, "proof": proof},
        {"old_root": old_root, "new_root": new_root, "proof": [*proof, other]},
    ]
    if proof:
        at = data.draw(st.integers(0, len(proof) - 1))
        changed = [*proof[:at], other, *proof[at + 1 :]]
        spoiled.append({"old_root": old_root, "new_root": new_root, "proof": changed})
        spoiled.append({"old_root": old_root, "new_root": new_root, "proof": proof[:-1]})
    for case in spoiled:
        with pytest.raises(ProofError):
            check_consistency(old_size=old, new_size=new, **case)  # type: ignore[arg-type]


@given(size=sizes, data=st.data())
def test_a_spoiled_inclusion_proof_is_refused(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    path, root = inclusion_proof(index, size, node), root_of(LEAVES[:size])
    with pytest.raises(ProofError):
        check_inclusion(leaf=leaf_hash(b"other"), index=index, size=size, proof=path, root=root)
    with pytest.raises(ProofError):
        check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=[*path, root], root=root)
    with pytest.raises(ProofError):
        check_inclusion(leaf=LEAVES[index], index=size, size=size, proof=path, root=root)
    if path:
        with pytest.raises(ProofError):
            check_inclusion(leaf=LEAVES[index], index=index, size=size, proof=path[1:], root=root)


def test_proofs_outside_the_tree_are_refused() -> None:
    for index, size in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ProofError):
            inclusion_proof(index, size, node)
    for old, new in ((0, 3), (4, 3), (-1, 3)):
        with pytest.raises(ProofError):
            consistency_proof(old, new, node)
        with pytest.raises(ProofError):
            check_consistency(old_size=old, old_root=b"", new_size=new, new_root=b"", proof=[])


def test_a_log_cut_into_tiles_has_the_same_root_and_nodes() -> None:
    stored: dict[tuple[int, int], list[bytes]] = {}
    edge = Edge()
    for leaf in LEAVES:
        for tile in edge.append(leaf):
            stored[tile.level, tile.index] = list(tile.hashes)
    for level, row in enumerate(edge.rows):
        stored[level, (SIZES >> 8 * level) // 256] = row
    assert {(level, index): len(row) for (level, index), row in stored.items() if row} == {
        (level, index): width for level, index, width in layout(SIZES)
    }
    assert edge.root() == root_of(LEAVES)
    read = nodes_from(lambda level, index: stored[level, index])
    assert all(read(height, 0) == node(height, 0) for height in range(10))


@given(st.integers(0, SIZES - 1))
def test_a_log_is_taken_up_where_it_ended(size: int) -> None:
    edge = Edge()
    for leaf in LEAVES[:size]:
        edge.append(leaf)
    taken_up = Edge(size, [list(row) for row in edge.rows])
    taken_up.append(LEAVES[size])
    assert taken_up.root() == root_of(LEAVES[: size + 1])


def test_rows_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="size"):
        Edge(3, [[LEAVES[0]]])
    with pytest.raises(ValueError, match="hash"):
        CompactRange(3, [LEAVES[0]])
