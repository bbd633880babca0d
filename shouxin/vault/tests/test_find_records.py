from uuid import UUID

import pytest
from django.db import transaction

from shouxin.core.crypto.indexes import KINDS, code_of
from shouxin.core.policy import GroupState
from shouxin.kit import ids
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.models import BusinessKey, SearchToken
from shouxin.vault.queries import key_holders, states
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


MOBILE = {"field": code_of("mobile"), "kind": KINDS["exact"].number}


def near(key: str, kind: str, text: str) -> set[UUID]:
    return set(candidates([(Asked(cast.FIELDS[key], kind, text),)]))


def found(key: str, kind: str, text: str) -> set[UUID]:
    asked = [(Asked(cast.FIELDS[key], kind, text),)]
    return cast.matched(asked, candidates(asked))


def test_a_value_is_found_in_any_spelling_and_by_its_last_four(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    other = cast.new_customer(mobile="13900139000")
    assert found("mobile", "exact", "138 0013 8000") == {customer}
    assert found("mobile", "exact", "+86-13800138000") == {customer}
    assert found("mobile", "last4", "13712348000") == {customer}
    assert found("mobile", "last4", "13712349000") == {other}
    assert found("mobile", "exact", "13700137000") == set()


def test_coincidences_of_short_tokens_are_told_apart(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    stranger = cast.new_customer(mobile="13900139000")
    token = SearchToken.objects.get(customer_id=customer, **MOBILE).token
    SearchToken.objects.filter(customer_id=stranger, **MOBILE).update(token=token)
    assert near("mobile", "exact", "13800138000") == {customer, stranger}
    assert found("mobile", "exact", "13800138000") == {customer}


def test_tokens_follow_the_value(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    cast.store(cast.write(customer, mobile="13900139000"))
    assert found("mobile", "exact", "13800138000") == set()
    assert found("mobile", "exact", "13900139000") == {customer}
    cast.store(cast.write(customer, mobile=None))
    assert not SearchToken.objects.filter(customer_id=customer).exists()


def test_an_untouched_field_keeps_its_tokens(vault: None) -> None:
    customer = cast.new_customer(mobile="13800138000")
    cast.store(cast.write(customer, note="x"))
    assert found("mobile", "exact", "13800138000") == {customer}


def test_a_field_without_an_index_has_no_candidates(vault: None) -> None:
    cast.new_customer(note="x")
    assert near("note", "exact", "x") == set()
    assert near("customer_no", "unique", "x") == set()


def test_a_business_key_is_held_once(vault: None) -> None:
    customer = cast.new_customer(customer_no="曾惠-14485")
    holders = key_holders(rule=cast.FIELDS["customer_no"], texts=["曾惠-14485", "许安-10165"])
    assert holders == {"曾惠-14485": (customer, customer)}
    with pytest.raises(DuplicateKey) as caught, transaction.atomic():
        cast.store(cast.write(ids.new(), note="x"), cast.write(ids.new(), customer_no="曾惠-14485"))
    assert caught.value.taken == [(1, "customer_no")]
    assert BusinessKey.objects.count() == 1


def test_one_business_key_twice_in_a_batch_is_named(vault: None) -> None:
    with pytest.raises(DuplicateKey) as caught, transaction.atomic():
        cast.store(cast.write(ids.new(), customer_no="A1"), cast.write(ids.new(), customer_no="A1"))
    assert caught.value.taken == [(1, "customer_no")]


def test_a_record_may_write_its_own_key_again(vault: None) -> None:
    customer = cast.new_customer(customer_no="A1")
    cast.store(cast.write(customer, customer_no="A1"))
    cast.store(cast.write(customer, customer_no="A2"))
    assert set(key_holders(rule=cast.FIELDS["customer_no"], texts=["A1", "A2"])) == {"A2"}


def test_states_are_told_per_group(vault: None) -> None:
    customer = cast.new_customer()
    assert states([customer, ids.new()]) == {customer: {cast.PROFILE: GroupState.COLLECTED}}
