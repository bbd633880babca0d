"""Settings from the environment: typos are refused, outside databases need two roles."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from shouxin.operations.server import environment


def test_a_misspelt_variable_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_PROXI", "10.0.0.1")
    with pytest.raises(ImproperlyConfigured, match="SHOUXIN_PROXI"):
        environment.refuse_unknown()


def test_an_outside_database(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(
        "DATABASE_URL", "postgresql://app:p%40ss@db.example:6432/customers?sslmode=verify-full"
    )
    with pytest.raises(ImproperlyConfigured, match="DATABASE_OWNER_URL"):
        environment.databases(tmp_path)
    monkeypatch.setenv("DATABASE_OWNER_URL", "postgresql://boss:x@db.example:6432/customers")
    found = environment.databases(tmp_path)
    assert found["default"]["USER"], found["default"]["PASSWORD"] == ("app", "p@ss")
    assert found["default"]["OPTIONS"]["sslmode"] == "verify-full"
    assert found["owner"]["USER"] == "boss"
    assert "pool" in found["default"]["OPTIONS"]
    assert "pool" not in found["owner"]["OPTIONS"]


def test_a_certificate_needs_its_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_CERTIFICATE", "/etc/cert.pem")
    with pytest.raises(ImproperlyConfigured, match="come together"):
        environment.certificate()
