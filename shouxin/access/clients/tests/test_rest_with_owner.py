"""A program's token rests while who answers for it is suspended."""

import pytest

from shouxin.access.clients import services
from shouxin.access.clients.door import come_in
from shouxin.access.clients.tests.conftest import Propose
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from tests.world import World

ADDRESS = "10.1.2.3"


def test_the_token_rests_with_its_owner(propose: Propose, ruled: World) -> None:
    made = propose()
    _, token = services.approve(actor=ruled.actor("officer"), client=made.id, now=clock.now())
    come_in(token=token, address=ADDRESS, now=clock.now())
    owner, admin = ruled.people["clerk"].id, ruled.actor("system_admin")
    suspensions.suspend(actor=admin, staff_id=owner, cause=Suspension.Cause.CONCERN, now=clock.now())
    with pytest.raises(Problem, match=r"token\.invalid"):
        come_in(token=token, address=ADDRESS, now=clock.now())
    suspensions.resume(actor=admin, staff_id=owner, now=clock.now())
    come_in(token=token, address=ADDRESS, now=clock.now())
