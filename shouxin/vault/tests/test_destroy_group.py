import pytest
from django.db import transaction

from shouxin.core.crypto.indexes import code_of
from shouxin.journal.models import Entry
from shouxin.vault.errors import GroupClosed
from shouxin.vault.models import BusinessKey, DataKey, SealedHistory, SealedRecord, SearchToken
from shouxin.vault.queries import key_holders
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.services import destroy_group, destroy_groups, reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


def test_a_destroyed_group_is_gone_with_its_tokens_and_history(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000", customer_no="A1")
    cast.store(
        cast.write(customer, note="x"), cast.write(customer, cast.SECRET, id_number="11010519491231002X")
    )
    destroy_group(actor=cast.KEEPER, customer_id=customer, group=cast.PROFILE, reason="erasure")
    tokens = SearchToken.objects.filter(customer_id=customer)
    assert set(tokens.values_list("place", flat=True)) == {code_of(cast.SECRET)}
    for model in (DataKey, SealedRecord, SealedHistory, BusinessKey):
        kept = set(
            model._default_manager.filter(customer_id=customer).values_list("storage_group", flat=True)
        )
        assert kept <= {cast.SECRET}, model
    assert candidates([(Asked(cast.FIELDS["mobile"], "exact", "13800138000"),)]) == {}
    assert key_holders(rule=cast.FIELDS["customer_no"], texts=["A1"]) == {}
    with transaction.atomic():
        opened = reveal(cast.permit(customer))
    assert set(opened.of(customer)) == {"id_number"}
    assert opened.closed == {(customer, cast.PROFILE): "destroyed"}
    assert not opened.alarms


def test_restored_ciphertext_stays_unreadable_without_its_key(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    kept = list(SealedRecord.objects.filter(customer_id=customer).values())
    head = kept[0]["sealed"]
    destroy_group(actor=cast.KEEPER, customer_id=customer, group=cast.PROFILE, reason="erasure")
    SealedRecord.objects.bulk_create(SealedRecord(**row) for row in kept)
    with transaction.atomic():
        opened = reveal(cast.permit(customer))
    assert opened.of(customer) == {}
    assert bytes(SealedRecord.objects.get(customer_id=customer).sealed) == bytes(head)


def test_the_tombstone_names_group_reason_and_counts(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    assert destroy_groups(actor=cast.KEEPER, groups=[(customer, cast.PROFILE)], reason="erasure") == 1
    body = bytes(Entry.objects.get(event="group.destroyed", customer=customer).body)
    for part in (cast.PROFILE.encode(), b'"reason":"erasure"', b'"tokens":2', b'"records":1'):
        assert part in body
    assert destroy_groups(actor=cast.KEEPER, groups=[(customer, cast.PROFILE)], reason="erasure") == 0


def test_nothing_is_stored_in_a_destroyed_group(vault: None) -> None:
    customer = cast.new_customer()
    destroy_group(actor=cast.KEEPER, customer_id=customer, group=cast.PROFILE, reason="erasure")
    with pytest.raises(GroupClosed):
        cast.store(cast.write(customer, note="x"))


def test_destruction_needs_no_key_provider(vault: None, root_key: object) -> None:
    customer = cast.new_customer()
    root_key.unlink()  # type: ignore[attr-defined]
    destroy_group(actor=cast.KEEPER, customer_id=customer, group=cast.PROFILE, reason="erasure")
    assert not DataKey.objects.filter(customer_id=customer).exists()
