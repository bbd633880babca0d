"""What was read with the facts of a decision is opened as what is read afterwards: the same values, and no more."""

from collections.abc import Sequence
from uuid import UUID, uuid4

import pytest
from django.db import transaction

from shouxin.core.policy import Action, Form, GroupState, Permit
from shouxin.core.policy.permit import mint
from shouxin.vault import database, opening
from shouxin.vault.groups import Fetched, Fetching
from shouxin.vault.services import Revealed, move_state, reveal_at_once
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db(transaction=True)
PROFILE_FIELDS = ("person_name", "mobile", "note")


def permit(customer: UUID, fields: Sequence[str] = (*PROFILE_FIELDS, "id_number")) -> Permit:
    """To read, as members of staff and programs do."""
    return mint(
        actor=cast.OPERATOR,
        purpose=cast.PURPOSE,
        action=Action.READ,
        reason="test",
        at=cast.NOW,
        fields={key: cast.FIELDS[key] for key in fields},
        forms={customer: dict.fromkeys(fields, Form.CLEAR)},
        refused={},
        grants=(),
        alarms=(),
    )


def fetched(
    customer: UUID, *groups: str, records: list[UUID] | None = None, of: UUID | None = None
) -> Fetched:
    asked = Fetching(of or customer, frozenset(groups or (cast.PROFILE, cast.SECRET)), records)
    return Fetched(asked, database.execute(asked.text, asked.values))


@pytest.fixture
def customer(vault: None) -> UUID:
    with transaction.atomic():
        found = cast.new_customer(person_name="王芳", mobile="13800138000")
        cast.store(cast.write(found, cast.SECRET, id_number="11010519491231002X"))
    return found


def both(one: Permit, came: Fetched, records: list[UUID] | None = None) -> tuple[Revealed, Revealed]:
    """Opened from what came along, and read anew."""
    return reveal_at_once(one, records=records, fetched=came), reveal_at_once(one, records=records)


def test_it_shows_the_same(customer: UUID, monkeypatch: pytest.MonkeyPatch) -> None:
    anew = reveal_at_once(permit(customer))
    came = fetched(customer)
    monkeypatch.setattr(opening, "load", lambda *_, **__: pytest.fail("read once more"))
    along = reveal_at_once(permit(customer), fetched=came)
    assert along == anew
    assert along.of(customer)["mobile"].text == "13800138000"


def test_a_group_that_is_locked_stays_closed(customer: UUID) -> None:
    with transaction.atomic():
        for state in (GroupState.IN_USE, GroupState.LOCKED):
            move_state(actor=cast.KEEPER, groups=[(customer, cast.SECRET)], state=state)
    along, anew = both(permit(customer), fetched(customer))
    assert along == anew
    assert along.closed == {(customer, cast.SECRET): GroupState.LOCKED}
    assert along.of(customer).keys() == {"person_name", "mobile"}


def test_another_record_is_not_taken_for_the_profile(customer: UUID) -> None:
    record = uuid4()
    with transaction.atomic():
        cast.store(cast.write(customer, cast.ORDER, record=record, order_note="加急"))
    along, anew = both(permit(customer, ("order_note",)), fetched(customer, cast.ORDER))
    assert along == anew
    assert along.values.keys() == {(customer, record)}


@pytest.mark.parametrize("records", [[], [UUID(int=1)]])
def test_records_that_were_not_asked_for_stay_sealed(customer: UUID, records: list[UUID]) -> None:
    along, anew = both(permit(customer), fetched(customer), records)
    assert along == anew
    assert not along.values


def test_a_group_that_did_not_come_along_is_read_nevertheless(customer: UUID) -> None:
    along, anew = both(permit(customer), fetched(customer, cast.PROFILE))
    assert along == anew
    assert along.of(customer)["id_number"].text == "11010519491231002X"


def test_only_what_the_permit_names_is_opened(customer: UUID) -> None:
    along, anew = both(permit(customer, ("person_name",)), fetched(customer))
    assert along == anew
    assert along.of(customer).keys() == {"person_name"}


def test_what_came_of_somebody_else_is_left_alone(customer: UUID) -> None:
    with transaction.atomic():
        other = cast.new_customer(person_name="李雷")
    along, anew = both(permit(customer), fetched(customer, of=other))
    assert along == anew
    assert along.of(customer)["person_name"].text == "王芳"
