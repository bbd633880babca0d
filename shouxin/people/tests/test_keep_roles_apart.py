"""Which roles may meet in one log-in: the rule as a table, and the database behind it."""

from itertools import combinations

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from shouxin.core.policy import OPENS_CUSTOMER_DATA, Role, permissions_of
from shouxin.people import rules
from shouxin.people.models import RoleAssignment, Staff
from tests.world import World

R = Role
NEVER = {
    frozenset({R.AUDIT_ADMIN, R.SYSTEM_ADMIN}): "audit_apart",
    frozenset({R.AUDIT_ADMIN, R.SECURITY_ADMIN}): "audit_apart",
    **{
        frozenset({admin, reader}): "admin_reads"
        for admin in (R.SYSTEM_ADMIN, R.SECURITY_ADMIN, R.AUDIT_ADMIN)
        for reader in (R.CLERK, R.HEAD, R.OFFICER)
    },
}
REMARKED = {
    frozenset({R.SYSTEM_ADMIN, R.SECURITY_ADMIN}): "system_and_security",
    frozenset({R.HEAD, R.OFFICER}): "head_and_officer",
    frozenset({R.SUPERVISOR, R.OFFICER}): "supervisor_and_officer",
    frozenset({R.SUPERVISOR, R.HEAD}): "supervisor_and_head",
    frozenset({R.SUPERVISOR, R.SECURITY_ADMIN}): "supervisor_and_security",
}
PAIRS = [frozenset(pair) for pair in combinations(Role, 2)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "+".join(sorted(pair)))
def test_every_pair_of_roles_has_its_answer(pair: frozenset[Role]) -> None:
    broken = rules.separation_broken(pair)
    assert (broken.code if broken else None) == NEVER.get(pair)
    assert [code for code, _text in rules.remarks(pair)] == ([REMARKED[pair]] if pair in REMARKED else [])


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "+".join(sorted(pair)))
@pytest.mark.django_db
def test_the_database_refuses_the_same_pairs(pair: frozenset[Role]) -> None:
    staff = Staff.objects.create(user_name="somebody", display_name="某人")
    rows = Staff.objects.filter(id=staff.id)
    roles = sorted(role.value for role in pair)
    if pair in NEVER:
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(roles=roles)
    else:
        assert rows.update(roles=roles) == 1


@given(st.frozensets(st.sampled_from(list(Role))), st.sampled_from(list(Role)))
def test_another_role_never_mends_a_broken_separation(roles: frozenset[Role], more: Role) -> None:
    if rules.separation_broken(roles):
        assert rules.separation_broken(roles | {more})


@given(st.frozensets(st.sampled_from(list(Role))))
def test_no_allowed_log_in_of_an_administrator_opens_customer_data(roles: frozenset[Role]) -> None:
    administrator = roles & {R.SYSTEM_ADMIN, R.SECURITY_ADMIN, R.AUDIT_ADMIN}
    if administrator and rules.separation_broken(roles) is None:
        assert not permissions_of(roles) & OPENS_CUSTOMER_DATA


@pytest.mark.parametrize(
    ("granter", "confirmer"),
    [("newcomer", None), ("security_admin", "security_admin"), ("security_admin", "newcomer")],
    ids=["granted to oneself", "confirmed by the granter", "confirmed by oneself"],
)
def test_the_database_keeps_granter_confirmer_and_grantee_apart(
    world: World, granter: str, confirmer: str | None
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        RoleAssignment.objects.create(
            staff=world.people["newcomer"],
            role=R.CLERK,
            granted_by=world.people[granter],
            confirmed_by=world.people[confirmer] if confirmer else None,
        )
