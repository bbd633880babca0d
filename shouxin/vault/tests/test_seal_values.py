from uuid import UUID

import pytest
from django.db import transaction

from shouxin.core.policy import Action
from shouxin.kit import ids
from shouxin.vault.errors import NotPermitted, RevisionConflict, UnknownProvenance
from shouxin.vault.models import SealedHistory, SealedRecord
from shouxin.vault.payload import Value
from shouxin.vault.services import reveal, reveal_history, seal
from shouxin.vault.tests import cast
from shouxin.vault.tickets import WriteTicket

pytestmark = pytest.mark.django_db


def texts(customer: UUID, record: UUID | None = None) -> dict[str, str | None]:
    with transaction.atomic():
        shown = reveal(cast.permit(customer)).of(customer, record)
    return {key: value.text for key, value in shown.items()}


def test_values_come_back_as_stored(vault: None) -> None:
    customer = cast.new_customer(person_name="买买提·艾力", mobile="13800138000")
    assert texts(customer) == {"person_name": "买买提·艾力", "mobile": "13800138000"}
    with transaction.atomic():
        shown = reveal(cast.permit(customer)).of(customer)["mobile"]
    assert (shown.provenance, shown.mark, shown.problem) == (cast.PROVENANCE.id, 1, None)


def test_given_fields_are_merged_and_none_takes_one_away(vault: None) -> None:
    customer = cast.new_customer(person_name="王芳", mobile="13800138000", note="老客户")
    done = cast.store(cast.write(customer, mobile="13900139000", note=None))
    assert done.revisions == [2]
    assert texts(customer) == {"person_name": "王芳", "mobile": "13900139000"}


def test_groups_and_records_of_one_customer_stand_apart(vault: None) -> None:
    customer, order = ids.new(), ids.new()
    done = cast.store(
        cast.write(customer, person_name="王芳"),
        cast.write(customer, cast.SECRET, id_number="11010519491231002X"),
        cast.write(customer, cast.ORDER, record=order, order_note="加急"),
    )
    assert done.revisions == [1, 1, 1]
    assert done.marks(customer) == {cast.PROFILE: 1, cast.SECRET: 1, cast.ORDER: 1}
    assert texts(customer, order) == {"order_note": "加急"}
    assert set(texts(customer)) == {"person_name", "id_number"}


def test_a_stale_revision_is_refused_and_nothing_is_stored(vault: None) -> None:
    customer, other = cast.new_customer(), ids.new()
    cast.store(cast.write(customer, expected=1, note="一"))
    with pytest.raises(RevisionConflict) as caught, transaction.atomic():
        cast.store(cast.write(other, person_name="李强"), cast.write(customer, expected=1, note="二"))
    assert (caught.value.expected, caught.value.found) == (1, 2)
    assert texts(customer)["note"] == "一"
    assert not SealedRecord.objects.filter(customer_id=other).exists()


def test_a_record_expected_to_be_new_must_be(vault: None) -> None:
    customer = cast.new_customer()
    with pytest.raises(RevisionConflict):
        cast.store(cast.write(customer, expected=0, note="一"))


def test_earlier_versions_stay_with_who_and_when(vault: None) -> None:
    customer = cast.new_customer(note="一")
    cast.store(cast.write(customer, note="二"))
    cast.store(cast.write(customer, note=None))
    assert SealedHistory.objects.filter(customer_id=customer).count() == 2
    with transaction.atomic():
        versions = reveal_history(cast.permit(customer), customer_id=customer, record_id=customer)
    assert [v.revision for v in versions] == [3, 2, 1]
    assert [v.values["note"].text if "note" in v.values else None for v in versions] == [None, "二", "一"]
    assert {v.by for v in versions} == {cast.OPERATOR.pseudonym}
    assert versions[0].at >= versions[2].at


def test_a_value_without_provenance_is_refused(vault: None) -> None:
    customer = ids.new()
    stray = cast.write(customer)
    stray.values["note"] = Value("x", ids.new())  # type: ignore[index]
    with pytest.raises(UnknownProvenance):
        cast.store(stray)


def test_a_field_outside_permit_or_group_is_refused(vault: None) -> None:
    customer = ids.new()
    with pytest.raises(NotPermitted):
        cast.store(cast.write(customer, cast.SECRET, note="x"))
    narrow = WriteTicket(cast.permit(customer, action=Action.WRITE, fields=("note",)), (cast.PROVENANCE,))
    with pytest.raises(NotPermitted):
        seal(ticket=narrow, writes=[cast.write(customer, person_name="王芳")])
    with pytest.raises(NotPermitted):
        seal(ticket=cast.ticket(ids.new()), writes=[cast.write(customer, note="x")])


def test_created_customers_need_no_place_in_the_permit(vault: None) -> None:
    customer = ids.new()
    seal(ticket=cast.ticket(created=(customer,)), writes=[cast.write(customer, note="x")])
    assert texts(customer) == {"note": "x"}


def test_one_record_twice_in_a_batch_is_refused(vault: None) -> None:
    customer = ids.new()
    with pytest.raises(ValueError, match="twice"):
        cast.store(cast.write(customer, note="x"), cast.write(customer, person_name="y"))
