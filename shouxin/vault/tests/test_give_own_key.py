"""High risk: a customer or a storage group under a wrapping key of its own, and back again."""

import itertools
import threading
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction

from shouxin.core.crypto.errors import CryptoError
from shouxin.core.ledger.entry import decode
from shouxin.core.policy import NotAllowed
from shouxin.journal.events import sentence
from shouxin.journal.models import Entry
from shouxin.vault import own_keys
from shouxin.vault.keyring import keyring
from shouxin.vault.models import DataKey, EpochKey, SealedRecord
from shouxin.vault.services import give_own_key, give_up_own_key, reveal, rotate, settle_own_keys
from shouxin.vault.tests import cast


def name_of(customer: UUID) -> str | None:
    with transaction.atomic():
        return reveal(cast.permit(customer)).of(customer)["person_name"].text


def epochs(customer: UUID) -> dict[str, int]:
    return dict(DataKey.objects.filter(customer_id=customer).values_list("storage_group", "epoch"))


@pytest.mark.django_db
def test_a_customer_gets_a_key_of_its_own_and_new_data_keys(vault: None) -> None:
    hers, other = cast.new_customer(), cast.new_customer()
    before = bytes(SealedRecord.objects.get(customer_id=hers).sealed)
    assert give_own_key(actor=cast.OPERATOR, customer_id=hers)
    assert bytes(SealedRecord.objects.get(customer_id=hers).sealed) != before
    cast.store(cast.write(hers, cast.SECRET, id_number="11010519491231002X"))  # a group that begins later
    assert set(epochs(hers).values()) == {2}
    assert len(epochs(hers)) == 2
    assert set(epochs(other).values()) == {1}
    assert (name_of(hers), name_of(other)) == ("王芳", "王芳")
    assert not give_own_key(actor=cast.OPERATOR, customer_id=hers)


@pytest.mark.django_db
def test_everybodys_key_opens_nothing_of_hers(vault: None) -> None:
    hers = cast.new_customer()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    EpochKey.objects.filter(state="own").update(wrapped=b"\x00")
    keyring.drop()
    with pytest.raises(CryptoError), transaction.atomic():
        reveal(cast.permit(hers))


@pytest.mark.django_db
def test_after_the_end_nothing_is_left_under_her_key(vault: None) -> None:
    hers = cast.new_customer()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    assert give_up_own_key(actor=cast.OPERATOR, customer_id=hers)
    assert set(epochs(hers).values()) == {1}
    own = EpochKey.objects.get(customer_id=hers)
    assert (own.state, own.wrapped) == ("retired", None)
    assert name_of(hers) == "王芳"
    assert not give_up_own_key(actor=cast.OPERATOR, customer_id=hers)


@pytest.mark.django_db
def test_a_storage_group_is_moved_in_batches_and_goes_on_after_an_interruption(vault: None) -> None:
    customers = [cast.new_customer() for _ in range(5)]
    give_own_key(actor=cast.OPERATOR, storage_group=cast.PROFILE)
    late = cast.new_customer()
    assert set(epochs(late).values()) == {2}
    first_two = itertools.islice(settle_own_keys(actor=cast.OPERATOR, batch=2), 2)  # then it is killed
    assert [one.remaining for one in first_two] == [3, 1]
    assert [one.remaining for one in settle_own_keys(actor=cast.OPERATOR, batch=2)] == [0]
    assert own_keys.remaining(storage_group=cast.PROFILE) == 0
    assert {name_of(c) for c in customers} == {"王芳"}
    give_up_own_key(actor=cast.OPERATOR, storage_group=cast.PROFILE)
    list(settle_own_keys(actor=cast.OPERATOR, batch=2))
    assert set(DataKey.objects.values_list("epoch", flat=True)) == {1}
    assert EpochKey.objects.get(epoch=2).state == "retired"
    assert {name_of(c) for c in [*customers, late]} == {"王芳"}


@pytest.mark.django_db
def test_her_own_key_goes_before_the_groups(vault: None) -> None:
    hers = cast.new_customer()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    give_own_key(actor=cast.OPERATOR, storage_group=cast.PROFILE)
    list(settle_own_keys(actor=cast.OPERATOR))
    assert epochs(hers) == {cast.PROFILE: 2}
    give_up_own_key(actor=cast.OPERATOR, customer_id=hers)
    assert epochs(hers) == {cast.PROFILE: 3}  # the group is still of high risk
    assert name_of(hers) == "王芳"


@pytest.mark.django_db
def test_a_rotation_renews_own_keys_too_and_proves_the_old_ones_empty(vault: None) -> None:
    hers, other = cast.new_customer(), cast.new_customer()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    last = list(rotate(actor=cast.OPERATOR))[-1]
    assert (last.finished, last.remaining) == (True, 0)
    assert dict(EpochKey.objects.values_list("epoch", "state")) == {
        1: "retired",
        2: "retired",
        3: "own",
        4: "current",
    }
    assert (set(epochs(hers).values()), set(epochs(other).values())) == ({3}, {4})
    assert (name_of(hers), name_of(other)) == ("王芳", "王芳")


@pytest.mark.django_db
def test_the_database_knows_one_own_key_an_owner(vault: None) -> None:
    hers = cast.new_customer()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    row = EpochKey.objects.get(customer_id=hers)
    with pytest.raises(IntegrityError), transaction.atomic():
        EpochKey.objects.create(
            epoch=9, suite=1, wrapped=row.wrapped, state="own", since=row.since, customer_id=hers
        )
    with pytest.raises(IntegrityError), transaction.atomic():
        EpochKey.objects.create(epoch=9, suite=1, wrapped=row.wrapped, state="own", since=row.since)


@pytest.mark.django_db
def test_only_who_may_approve_a_marking_gives_keys(vault: None) -> None:
    nobody = replace(cast.OPERATOR, permissions=frozenset())
    with pytest.raises(NotAllowed):
        give_own_key(actor=nobody, customer_id=cast.new_customer())
    with pytest.raises(NotAllowed):
        give_up_own_key(actor=nobody, customer_id=cast.new_customer())


@pytest.mark.django_db(transaction=True)
def test_people_write_while_a_key_is_made(shared_vault: None) -> None:
    hers, errors = cast.new_customer(), list[BaseException]()

    def write() -> None:
        try:
            for _ in range(5):
                cast.store(cast.write(hers, cast.ORDER, record=hers, order_note="甲"))
                assert name_of(hers) == "王芳"
        except BaseException as error:  # noqa: BLE001 - told to the test below
            errors.append(error)
        finally:
            connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    give_up_own_key(actor=cast.OPERATOR, customer_id=hers)
    give_own_key(actor=cast.OPERATOR, customer_id=hers)
    writer.join()
    assert errors == []
    own = EpochKey.objects.get(state="own")
    assert set(epochs(hers).values()) == {own.epoch}
    assert name_of(hers) == "王芳"


@pytest.mark.django_db
def test_the_timeline_says_that_a_customers_own_key_is_for_all_storage_groups(vault: None) -> None:
    customer = cast.new_customer()
    own_keys.give(actor=cast.OPERATOR, customer_id=customer)
    own_keys.give_up(actor=cast.OPERATOR, customer_id=customer)
    for event in ("own_key.made", "own_key.given_up"):
        data = decode(bytes(Entry.objects.get(event=event).body)).data
        assert "范围：所有存储组" in sentence(event, data, "zh-hans")
        assert "for all storage groups" in sentence(event, data, "en")
    assert "profile.b" in sentence(
        "own_key.made", {"epoch": 3, "groups": 0, "group": cast.PROFILE}, "zh-hans"
    )
