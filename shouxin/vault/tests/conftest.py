from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from shouxin.core.crypto.providers import FileKeyProvider
from shouxin.core.crypto.suites import suite_of
from shouxin.vault import database, fields, keyring, services
from shouxin.vault.tests import cast


@pytest.fixture
def root_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A root key of this test's own, asked for on every use."""
    path = tmp_path / "root.key"
    FileKeyProvider.create(path, suite_of(1))
    ring = keyring.keyring
    monkeypatch.setattr(ring, "_obtain", lambda _number: FileKeyProvider(path))
    monkeypatch.setattr(ring, "_interval", 0.0)
    ring.drop()
    monkeypatch.setattr(fields.catalogues, "_entries", {"cast": lambda: cast.FIELDS})
    yield path
    ring.drop()


@pytest.fixture
def vault(root_key: Path, db: None) -> None:
    """A vault with keys, in a transaction that is rolled back."""
    services.set_up(actor=cast.KEEPER, planned=10_000)


@pytest.fixture
def shared_vault(root_key: Path, transactional_db: None) -> None:
    """A vault with keys that other connections see too."""
    services.set_up(actor=cast.KEEPER, planned=10_000)


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement the vault sends from now on."""
    sent: list[str] = []
    execute, copy = database.execute, database._copy

    def counted(statement: str, parameters: Any = ()) -> Any:
        sent.append(statement)
        return execute(statement, parameters)

    def counted_copy(table: str, *arguments: Any) -> None:
        sent.append(f"COPY {table}")
        copy(table, *arguments)

    monkeypatch.setattr(database, "execute", counted)
    monkeypatch.setattr(database, "_copy", counted_copy)
    return sent


@pytest.fixture
def atomically() -> Callable[[Callable[[], Any]], Any]:
    def run(work: Callable[[], Any]) -> Any:
        with transaction.atomic():
            return work()

    return run
