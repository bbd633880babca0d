from pathlib import Path

import pytest
from django.db import transaction

from shouxin.vault import keyring
from shouxin.vault.errors import KeyServiceUnavailable, VaultNotReady
from shouxin.vault.queries import key_status, keys_usable, states
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.services import reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


@pytest.mark.clause("A2.3")
def test_reading_and_writing_fail_closed_and_come_back(vault: None, root_key: Path) -> None:
    customer = cast.new_customer(mobile="13800138000")
    with transaction.atomic():
        assert reveal(cast.permit(customer)).of(customer)
    away = root_key.rename(root_key.with_suffix(".away"))
    with pytest.raises(KeyServiceUnavailable), transaction.atomic():
        reveal(cast.permit(customer))
    with pytest.raises(KeyServiceUnavailable), transaction.atomic():
        cast.store(cast.write(customer, note="x"))
    with pytest.raises(KeyServiceUnavailable):
        candidates([(Asked(cast.FIELDS["mobile"], "exact", "13800138000"),)])
    assert not keyring.keyring._held.epochs
    away.rename(root_key)
    with transaction.atomic():
        assert reveal(cast.permit(customer)).of(customer)["mobile"].text == "13800138000"


def test_what_needs_no_key_goes_on(vault: None, root_key: Path) -> None:
    customer = cast.new_customer()
    root_key.unlink()
    assert customer in states([customer])
    status = key_status(actor=cast.OPERATOR)
    assert (status.provider, status.epochs[0].data_keys) == (None, 1)
    assert not keys_usable()


def test_a_key_file_open_to_others_stops_everything(vault: None, root_key: Path) -> None:
    customer = cast.new_customer()
    root_key.chmod(0o640)
    with pytest.raises(KeyServiceUnavailable), transaction.atomic():
        reveal(cast.permit(customer))


def test_within_the_interval_the_provider_is_not_asked_again(
    vault: None, root_key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = cast.new_customer()
    monkeypatch.setattr(keyring.keyring, "_interval", 3600.0)
    with transaction.atomic():
        reveal(cast.permit(customer))
        root_key.unlink()
        assert reveal(cast.permit(customer)).of(customer)
        keyring.keyring.drop()
        with pytest.raises(KeyServiceUnavailable):
            reveal(cast.permit(customer))


def test_a_vault_without_keys_says_so(root_key: Path, db: None) -> None:
    with pytest.raises(VaultNotReady), transaction.atomic():
        cast.new_customer()
