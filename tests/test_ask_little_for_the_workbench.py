"""The workbench of a head asks the database a fixed number of questions, however much waits."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from shouxin.access.grants.models import StandingGrant
from shouxin.console import bench
from shouxin.kit import clock
from shouxin.people.joining.models import RoleProposal
from shouxin.people.models import RoleAssignment, Staff
from shouxin.people.second_factor.models import FactorReset
from shouxin.people.sights.models import SightSetting
from tests import workbench_states as states
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
MOST = 130  # with something in every list; each non-empty card reads its first rows


def asked(register: Register, who: str) -> list[str]:
    actor = register.world.actor(who)
    with CaptureQueriesContext(connection) as queries:
        bench.gather(actor, team=True, now=clock.now())
    return [query["sql"] for query in queries]


def more(register: Register) -> None:
    """Twenty more of what a head decides on."""
    now, staff = clock.now(), register.world.people
    for number in range(20):
        one = Staff.objects.create(
            user_name=f"more{number}",
            display_name=f"新人{number}",
            department=register.world.departments["sales"],
            roles=["clerk"],
        )
        RoleAssignment.objects.create(staff=one, role="head", granted_by=staff["security_admin"])
        RoleProposal.objects.create(
            staff=one, role="clerk", proposed_by=staff["system_admin"], proposed_at=now
        )
        SightSetting.objects.create(staff=one, sight="own", set_by=staff["security_admin"], set_at=now)
        FactorReset.objects.create(staff=one, reason="丢失", asked_by=staff["system_admin"], asked_at=now)
        StandingGrant.objects.create(
            staff=one,
            purpose=SALES,
            fields=["mobile"],
            reason="联系客户",
            proposed_by=one,
            proposed_at=now,
            until=now + timedelta(days=9),
        )


@pytest.mark.parametrize("who", ["sales_head", "officer", "security_admin"])
def test_growing_lists_ask_no_more(register: Register, who: str) -> None:
    states.everything(register, clock.now())
    asked(register, who)  # caches of rules warm up
    before = asked(register, who)
    more(register)
    after = asked(register, who)
    assert len(after) == len(before), set(after) - set(before)
    assert len(after) <= MOST
