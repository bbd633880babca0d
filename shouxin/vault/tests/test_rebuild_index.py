"""The search index is built anew while people search and write; cut off anywhere, it goes on where it stood."""

import threading
from uuid import UUID

import pytest
from django.db import connection, transaction

from shouxin.core.crypto.indexes import code_of
from shouxin.journal.models import Entry
from shouxin.kit import ids
from shouxin.vault import fields, index_queries, rebuilding
from shouxin.vault.errors import DuplicateKey
from shouxin.vault.models import BusinessKey, IndexState, SearchIndexVersion, SearchToken
from shouxin.vault.queries import key_holders
from shouxin.vault.searching import Asked, candidates
from shouxin.vault.services import destroy_group
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db


def found(key: str, kind: str, text: str) -> set[UUID]:
    asked = [(Asked(fields.rules()[key], kind, text),)]
    return cast.matched(asked, candidates(asked))


def phones(count: int) -> dict[str, UUID]:
    return {
        f"1380013{n:04}": cast.new_customer(mobile=f"1380013{n:04}", customer_no=f"C{n}")
        for n in range(count)
    }


def finish() -> None:
    list(rebuilding.work(actor=cast.OPERATOR, batch=2))


def test_everything_is_found_before_while_and_after(vault: None) -> None:
    known = phones(5)
    before = set(SearchToken.objects.values_list("token", flat=True))
    version = rebuilding.begin(actor=cast.OPERATOR)
    assert rebuilding.begin(actor=cast.OPERATOR) == version == 2
    for step in rebuilding.work(actor=cast.OPERATOR, batch=2):
        assert all(found("mobile", "exact", phone) == {one} for phone, one in known.items()), step
        held = key_holders(rule=cast.FIELDS["customer_no"], texts=["C0", "C4"])
        assert set(held) == {"C0", "C4"}
    assert set(SearchToken.objects.values_list("version", flat=True)) == {2}
    assert set(BusinessKey.objects.values_list("version", flat=True)) == {2}
    assert set(SearchToken.objects.values_list("token", flat=True)) != before
    old, new = SearchIndexVersion.objects.order_by("version")
    assert (old.state, old.wrapped, new.state) == (IndexState.RETIRED, None, IndexState.CURRENT)
    assert old.emptied_at is not None
    assert (new.done, new.left_out) == (5, 0)
    assert not index_queries.unfinished()


def test_what_is_written_meanwhile_stands_in_both_and_is_not_undone(vault: None) -> None:
    known = list(phones(4).values())
    rebuilding.begin(actor=cast.OPERATOR)
    rebuilding.step(cast.OPERATOR, 2)
    done, waiting, new = known[0], known[3], ids.new()
    for customer in (done, waiting, new):
        number = "139" + str(customer.int % 10**8).zfill(8)
        cast.store(cast.write(customer, mobile=number))
        assert found("mobile", "exact", number) == {customer}
    with pytest.raises(DuplicateKey) as taken, transaction.atomic():
        cast.store(cast.write(new, customer_no="C2"))
    assert taken.value.taken == [(0, "customer_no")]
    finish()
    for customer in (done, waiting, new):
        assert found("mobile", "exact", "139" + str(customer.int % 10**8).zfill(8)) == {customer}
    assert found("mobile", "exact", "13800130000") == set()
    with pytest.raises(DuplicateKey), transaction.atomic():
        cast.store(cast.write(new, customer_no="C2"))
    assert SearchToken.objects.filter(customer_id=done, field=code_of("mobile")).count() == 2


def test_what_is_destroyed_meanwhile_does_not_come_back(vault: None) -> None:
    known = phones(3)
    gone, *_ = known.values()
    rebuilding.begin(actor=cast.OPERATOR)
    rebuilding.step(cast.OPERATOR, 1)
    destroy_group(actor=cast.KEEPER, customer_id=gone, group=cast.PROFILE, reason="erasure")
    finish()
    assert not SearchToken.objects.filter(customer_id=gone).exists()
    assert found("mobile", "exact", "13800130000") == set()


def test_a_field_that_is_searched_otherwise_is_told_and_then_found(
    vault: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = cast.new_customer(person_name="欧阳娜娜")
    assert index_queries.needed() == ()
    names = cast.rule("person_name", cast.PROFILE, validator="NAME", indexes=("window2", "initials"))
    phone = cast.rule("mobile", cast.PROFILE, validator="MOBILE")
    monkeypatch.setattr(
        fields.catalogues,
        "_entries",
        {"cast": lambda: {**cast.FIELDS, "person_name": names, "mobile": phone}},
    )
    assert index_queries.needed() == ("fields",)
    assert index_queries.status(actor=cast.OPERATOR).changed == ("mobile", "person_name")
    assert found("person_name", "window2", "阳娜") == set()
    rebuilding.begin(actor=cast.OPERATOR)
    finish()
    assert found("person_name", "window2", "阳娜") == found("person_name", "initials", "oynn") == {customer}
    assert not SearchToken.objects.filter(field=code_of("mobile")).exists()
    assert index_queries.needed() == ()


def test_the_first_values_of_an_installation_fix_how_fields_are_searched(vault: None) -> None:
    SearchIndexVersion.objects.update(
        fields=None
    )  # the vault was set up before anybody said which fields there are
    cast.new_customer(person_name="欧阳娜娜")
    written = SearchIndexVersion.objects.get().fields
    assert written == fields.settings()
    assert "person_name" in written


def test_addresses_of_before_are_found_once_the_index_was_rebuilt(
    vault: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer = cast.new_customer(person_name="江苏省苏州市姑苏区人民路312号金桂花园3幢501室")
    place = cast.rule("person_name", cast.PROFILE, validator="ADDRESS", indexes=("address",))
    monkeypatch.setattr(
        fields.catalogues, "_entries", {"cast": lambda: {**cast.FIELDS, "person_name": place}}
    )
    assert index_queries.needed() == ("fields",)
    assert found("person_name", "address", "金桂花园3栋") == set()
    rebuilding.begin(actor=cast.OPERATOR)
    finish()
    assert found("person_name", "address", "金桂花园3栋") == {customer}
    assert found("person_name", "address", "人民路３１２号") == {customer}
    assert index_queries.needed() == ()


def test_a_register_that_has_outgrown_its_plan_gets_longer_tokens(vault: None) -> None:
    SearchIndexVersion.objects.update(planned=64, bits=5)
    phones(3)
    records = index_queries.size()
    assert records.customers == 3
    assert not index_queries.outgrown(64, records)
    assert index_queries.outgrown(64, index_queries.Size(129, 129))
    rebuilding.begin(actor=cast.OPERATOR, planned=100_000)
    finish()
    status = index_queries.status(actor=cast.OPERATOR)
    assert status.current is not None
    assert (status.current.planned, status.current.bits, status.current.tokens) == (100_000, 15, 9)
    assert status.per_kind["last4"] == {"mobile": 3}
    with pytest.raises(ValueError, match="64"):
        rebuilding.begin(actor=cast.OPERATOR, planned=63)


def test_altered_groups_are_left_out_told_and_counted(vault: None) -> None:
    known = list(phones(3).values())
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE vault_sealed_record SET sealed = set_byte(sealed, 20, get_byte(sealed, 20) # 1)"
            " WHERE customer_id = %s",
            [known[1]],
        )
    rebuilding.begin(actor=cast.OPERATOR)
    finish()
    assert SearchIndexVersion.objects.get(state=IndexState.CURRENT).left_out == 1
    assert Entry.objects.filter(event="tampering.found", customer=known[1]).count() == 1
    assert found("mobile", "exact", "13800130002") == {known[2]}


def test_every_batch_is_in_the_journal_without_a_value(vault: None) -> None:
    phones(5)
    rebuilding.begin(actor=cast.OPERATOR)
    finish()
    events = list(Entry.objects.filter(event__startswith="index.").order_by("id"))
    assert [entry.event for entry in events] == [
        "index.rebuild_started",
        *["index.rebuild_continued"] * 3,
        "index.switched",
        "index.emptied",
    ]
    assert not any(b"1380013" in bytes(entry.body) for entry in events)


@pytest.mark.django_db(transaction=True)
def test_it_goes_on_after_being_cut_off_and_while_others_write(shared_vault: None) -> None:
    known = phones(6)
    rebuilding.begin(actor=cast.OPERATOR)
    with transaction.atomic():  # killed before the batch was committed: it never happened
        rebuilding.step(cast.OPERATOR, 2)
        transaction.set_rollback(True)
    assert SearchIndexVersion.objects.get(state=IndexState.BUILDING).done == 0
    rebuilding.step(cast.OPERATOR, 2)
    written: dict[str, UUID] = {}

    def write() -> None:
        try:
            for n in range(10):
                phone = f"1370013{n:04}"
                written[phone] = cast.new_customer(mobile=phone)
                cast.store(cast.write(known["13800130005"], note=f"n{n}"))
        finally:
            connection.close()

    other = threading.Thread(target=write)
    other.start()
    finish()
    other.join()
    assert all(found("mobile", "exact", phone) == {one} for phone, one in {**known, **written}.items())
    assert len(written) == 10
    assert set(SearchToken.objects.values_list("version", flat=True)) == {2}
