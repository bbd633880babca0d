from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import GroupState
from shouxin.journal.models import Entry
from shouxin.vault.errors import ForbiddenTransition, GroupClosed
from shouxin.vault.models import Group
from shouxin.vault.queries import groups_in
from shouxin.vault.rules import NEXT, may_follow
from shouxin.vault.services import destroy_group, move_state, reveal
from shouxin.vault.tests import cast

pytestmark = pytest.mark.django_db
S = GroupState
PATHS = {S.COLLECTED: [], S.IN_USE: [S.IN_USE], S.LOCKED: [S.IN_USE, S.LOCKED], S.DESTROYED: [S.DESTROYED]}


def state_of(customer: UUID) -> str:
    return Group.objects.get(customer_id=customer).state


@pytest.mark.clause("D8.0")
def test_the_listed_steps_are_taken_and_recorded(vault: None) -> None:
    customer = cast.new_customer()
    pairs = [(customer, cast.PROFILE)]
    for state in (S.IN_USE, S.LOCKED, S.IN_USE):
        assert move_state(actor=cast.KEEPER, groups=pairs, state=state) == 1
        assert state_of(customer) == state
    assert move_state(actor=cast.KEEPER, groups=pairs, state=S.IN_USE) == 0
    assert groups_in(S.IN_USE, [customer]) == pairs
    assert Entry.objects.filter(event="group.state_changed", customer=customer).count() == 3


@pytest.mark.clause("D8.0")
@pytest.mark.parametrize("before", PATHS)
@pytest.mark.parametrize("after", GroupState)
def test_a_forbidden_step_fails_in_the_database_too(vault: None, before: S, after: S) -> None:
    if before == after:
        return
    customer = cast.new_customer()
    for state in PATHS[before]:
        _update(customer, state)
    if may_follow(before, after):
        _update(customer, after)
        assert state_of(customer) == after
        return
    with pytest.raises(IntegrityError), transaction.atomic():
        _update(customer, after)
    with pytest.raises(ForbiddenTransition):
        move_state(actor=cast.KEEPER, groups=[(customer, cast.PROFILE)], state=after)
    assert state_of(customer) == before


def _update(customer: UUID, state: S) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE vault_group SET state = %s WHERE customer_id = %s", [state.value, customer])


def test_a_group_is_born_collected_and_never_forgotten(vault: None) -> None:
    customer = cast.new_customer()
    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(customer_id=customer).delete()
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO vault_group SELECT gen_random_uuid(), storage_group, 'in_use', since, 1, head FROM vault_group"
        )


def test_a_locked_group_is_neither_read_nor_written(vault: None) -> None:
    customer = cast.new_customer()
    pair = (customer, cast.PROFILE)
    move_state(actor=cast.KEEPER, groups=[pair], state=S.LOCKED)
    with pytest.raises(GroupClosed):
        cast.store(cast.write(customer, note="x"))
    with transaction.atomic():
        assert (
            reveal(cast.permit(customer)).of(customer)["person_name"].text == "王芳"
        )  # maintenance may protect


def test_nobody_steps_into_destruction_without_destroying(vault: None) -> None:
    customer = cast.new_customer()
    with pytest.raises(ForbiddenTransition):
        move_state(actor=cast.KEEPER, groups=[(customer, cast.PROFILE)], state=S.DESTROYED)
    destroy_group(actor=cast.KEEPER, customer_id=customer, group=cast.PROFILE, reason="test")
    assert state_of(customer) == S.DESTROYED


@given(st.lists(st.sampled_from(GroupState), max_size=12))
def test_no_walk_leaves_a_final_state(walk: list[S]) -> None:
    state = S.COLLECTED
    for wanted in walk:
        if may_follow(state, wanted):
            assert NEXT[state]
            state = wanted
    assert state not in {S.TRANSFERRED, S.ANONYMISED}
