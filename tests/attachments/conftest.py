"""A data folder of each test's own for the bytes; the register's keys are copied there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from shouxin.vault.keyring import keyring
from tests.register import Register


@pytest.fixture
def folder(register: Register, tmp_path: Path, settings: LazySettings) -> Iterator[Path]:
    assert register
    shutil.copytree(Path(settings.DATA) / "keys", tmp_path / "keys")
    settings.DATA = tmp_path
    keyring.drop()
    yield tmp_path / "attachments"
    keyring.drop()
