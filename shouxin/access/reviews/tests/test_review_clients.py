"""A program whose client nobody confirmed is not let in any more."""

from datetime import timedelta

import pytest

from shouxin.access.clients import services
from shouxin.access.clients.door import come_in
from shouxin.access.clients.tests.conftest import Propose, propose  # noqa: F401 - fixtures
from shouxin.access.reviews import rules
from shouxin.access.reviews import services as reviews
from shouxin.kit import clock
from shouxin.kit.problems import Problem
from tests.world import World


def test_a_client_nobody_confirmed_ends(propose: Propose, ruled: World) -> None:  # noqa: F811 - the fixtures above
    made = propose(ends_at=clock.now() + timedelta(days=90))
    _, token = services.approve(actor=ruled.actor("officer"), client=made.id, now=clock.now())
    now = clock.now()
    reviews.open_now(actor=ruled.actor("officer"), now=now)
    reviews.lapse_overdue(now=now + rules.LASTS)
    with pytest.raises(Problem, match=r"token\.invalid"):
        come_in(token=token, address="10.1.2.3", now=clock.now())
