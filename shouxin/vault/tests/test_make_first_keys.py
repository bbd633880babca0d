"""A new installation has its keys before the first request; a lost root key is never replaced in silence."""

from pathlib import Path

import pytest
from django.conf import LazySettings

from shouxin.core.crypto.errors import CryptoError, KeyServiceUnavailable
from shouxin.vault import control, jobs, queries
from shouxin.vault.keyring import keyring, root_key_path
from shouxin.vault.models import EpochKey, Settings

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def new_folder(tmp_path: Path, settings: LazySettings) -> None:
    settings.DATA = tmp_path
    (tmp_path / "keys").mkdir(mode=0o700)
    keyring.drop()


def test_the_first_start_makes_keys_and_the_second_nothing() -> None:
    jobs.make_first_keys()
    made = root_key_path().read_bytes()
    assert queries.keys_usable()
    jobs.make_first_keys()
    assert root_key_path().read_bytes() == made
    assert EpochKey.objects.count() == 1


@pytest.mark.parametrize(("name", "suite"), [("aes", 1), ("sm4", 2)])
def test_the_organisation_chooses_the_suite(monkeypatch: pytest.MonkeyPatch, name: str, suite: int) -> None:
    monkeypatch.setenv("SHOUXIN_SUITE", name)
    jobs.make_first_keys()
    assert Settings.objects.get().suite == suite


def test_a_misspelt_suite_is_refused_before_a_key_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOUXIN_SUITE", "sm5")
    with pytest.raises(jobs.UnknownSuite):
        jobs.make_first_keys()
    assert not root_key_path().exists()


def test_a_lost_root_key_is_not_replaced() -> None:
    jobs.make_first_keys()
    root_key_path().unlink()
    keyring.drop()
    jobs.make_first_keys()
    assert not root_key_path().exists()
    with pytest.raises(KeyServiceUnavailable):
        keyring.provider(0)


def test_a_passphrase_makes_a_root_key_that_only_it_opens(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    secret = tmp_path / "passphrase"
    secret.write_text("moonlight over the northern hills", encoding="utf-8")
    monkeypatch.setenv(jobs.PASSPHRASE, str(secret))
    jobs.make_first_keys()
    keyring.drop()
    assert queries.keys_usable()
    keyring.drop()
    secret.write_text("something else altogether", encoding="utf-8")
    with pytest.raises(CryptoError):
        control.read()
