"""Uploads lie in a folder that outlives a test's database: each test leaves it as it found it."""

from collections.abc import Iterator

import pytest

from shouxin.customers.intake import drafts


@pytest.fixture(autouse=True)
def no_uploads_left() -> Iterator[None]:
    yield
    for file in drafts.folder().iterdir():
        file.unlink()
