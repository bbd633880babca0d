"""No place that holds something sealed is forgotten when keys change: every such column is on the vault's list."""

import pytest
from django.apps import apps
from django.db.models import BinaryField

from shouxin.vault import places

pytestmark = pytest.mark.django_db

# Bytes that are not sealed: hashes, keyed digests, entries and roots of the ledger, which hold no personal data.
NOT_SEALED = {
    ("access_client_token", "digest"),
    ("intake_batch", "fingerprint"),
    ("intake_remembered_mapping", "heading"),
    ("people_connection", "token_digest"),
    ("people_setuplink", "token_hash"),
    ("vault_business_key", "token"),
}


def listed() -> list[tuple[str, str]]:
    """Every (table, column) that some place names."""
    of_places = [column for place in places.under_root() for column in place.columns]
    return [*places.UNDER_EPOCH, *of_places]


def test_every_column_of_bytes_is_on_the_list_or_known_to_hold_nothing_sealed() -> None:
    binary = {
        (model._meta.db_table, field.column)
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if isinstance(field, BinaryField)
    }
    found = {one for one in binary if not one[0].startswith("journal_")}
    assert found - set(listed()) == NOT_SEALED
