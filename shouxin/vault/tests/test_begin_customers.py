"""Values of new customers: sealed in bulk, readable like all others, and never written over what stands."""

from dataclasses import replace
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction

from shouxin.kit import ids
from shouxin.vault.errors import DuplicateKey, NotPermitted, RevisionConflict
from shouxin.vault.models import DataKey, SealedRecord
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.services import Revealed, Sealed, give_own_key, reveal, seal
from shouxin.vault.tests import cast
from shouxin.vault.tickets import SealedWrite

pytestmark = pytest.mark.django_db


def begin(*writes: SealedWrite, fresh: tuple[UUID, ...] | None = None) -> Sealed:
    customers = tuple({write.customer_id for write in writes})
    new = frozenset(customers if fresh is None else fresh)
    ticket = replace(cast.ticket(*customers, created=customers), fresh=new)
    return seal(ticket=ticket, writes=writes)


def opened(*customers: UUID) -> Revealed:
    with transaction.atomic():
        return reveal(cast.permit(*customers))


def test_new_customers_are_read_found_and_changed_like_others(vault: None) -> None:
    one, two, order, later = (ids.new() for _ in range(4))
    sealed = begin(
        cast.write(one, person_name="王芳", mobile="13800138000", note=None),
        cast.write(one, cast.ORDER, record=order, order_note="加急"),
        cast.write(one, cast.ORDER, record=later, order_note="自提"),
        cast.write(two, person_name="李强", mobile="13900139000"),
    )
    assert sealed.revisions == [1, 1, 1, 1]
    assert sealed.changes == {one: {cast.PROFILE: 1, cast.ORDER: 1}, two: {cast.PROFILE: 1}}
    shown = opened(one, two)
    assert not shown.alarms
    assert shown.of(one)["mobile"].text == "13800138000"
    assert "note" not in shown.of(one)
    assert [shown.of(one, record)["order_note"].text for record in (order, later)] == ["加急", "自提"]
    assert two in candidates([(Asked(cast.FIELDS["mobile"], "last4", "9000"),)])
    cast.store(cast.write(one, note="常客"))
    assert opened(one).of(one)["note"].text == "常客"
    assert not opened(one).alarms


def test_new_and_standing_customers_in_one_batch(vault: None) -> None:
    standing, new = cast.new_customer(note="以前"), ids.new()
    sealed = begin(cast.write(new, person_name="李强"), cast.write(standing, note="现在"), fresh=(new,))
    assert sealed.revisions == [1, 2]
    assert sealed.changes == {new: {cast.PROFILE: 1}, standing: {cast.PROFILE: 2}}
    assert opened(standing).of(standing)["note"].text == "现在"


def test_a_group_with_a_key_of_its_own_begins_under_it(vault: None) -> None:
    give_own_key(actor=cast.OPERATOR, storage_group=cast.PROFILE)
    customer, order = ids.new(), ids.new()
    begin(
        cast.write(customer, person_name="王芳"),
        cast.write(customer, cast.ORDER, record=order, order_note="加急"),
    )
    epochs = dict(DataKey.objects.filter(customer_id=customer).values_list("storage_group", "epoch"))
    assert epochs == {cast.PROFILE: 2, cast.ORDER: 1}
    assert opened(customer).of(customer)["person_name"].text == "王芳"
    assert opened(customer).of(customer, order)["order_note"].text == "加急"


def test_a_standing_customer_passed_off_as_new_is_not_written_over(vault: None) -> None:
    customer = cast.new_customer(note="以前")
    with pytest.raises(IntegrityError), transaction.atomic():
        begin(cast.write(customer, note="现在"))
    assert opened(customer).of(customer)["note"].text == "以前"
    with pytest.raises(NotPermitted):
        replace(cast.ticket(customer), fresh=frozenset({customer}))


def test_a_taken_number_names_its_write_and_stores_nothing(vault: None) -> None:
    standing = cast.new_customer(customer_no="C-1")
    one, two = ids.new(), ids.new()
    before = SealedRecord.objects.count()
    with pytest.raises(DuplicateKey) as taken, transaction.atomic():
        begin(cast.write(one, customer_no="C-2"), cast.write(two, customer_no="C-1"))
    assert taken.value.taken == [(1, "customer_no")]
    with pytest.raises(DuplicateKey) as twice, transaction.atomic():
        begin(
            cast.write(standing, note="x"),
            cast.write(one, customer_no="C-3"),
            cast.write(two, customer_no="C-3"),
            fresh=(one, two),
        )
    assert twice.value.taken == [(2, "customer_no")]
    assert SealedRecord.objects.count() == before


def test_nothing_of_a_new_customer_is_expected_or_written_twice(vault: None) -> None:
    customer = ids.new()
    with pytest.raises(RevisionConflict):
        begin(cast.write(customer, expected=3, note="x"))
    with pytest.raises(ValueError, match="twice"):
        begin(cast.write(customer, note="x"), cast.write(customer, mobile="13800138000"))
