"""PostgreSQL takes a share of the memory there is, and never more than the container is given."""

from pathlib import Path

import pytest

from shouxin.operations.server import sizing

GIB = 2**30


@pytest.mark.parametrize(
    ("there", "taken"), [(GIB // 4, "128MB"), (2 * GIB, "512MB"), (23 * GIB, "2048MB"), (256 * GIB, "2048MB")]
)
def test_a_quarter_is_taken_within_bounds(there: int, taken: str) -> None:
    assert sizing.shared_buffers(there) == taken


def test_a_container_counts_what_it_is_given(tmp_path: Path) -> None:
    limit, machine = tmp_path / "memory.max", sizing.memory(tmp_path / "none")
    assert machine > 0
    limit.write_text("536870912\n", encoding="ascii")
    assert sizing.memory(limit) == 512 * 2**20
    limit.write_text("max\n", encoding="ascii")
    assert sizing.memory(limit) == machine
