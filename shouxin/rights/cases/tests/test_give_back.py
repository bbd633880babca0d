"""Who leaves gives back what they had in hand, in the transaction of their leaving; the days go on."""

import pytest

from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people.leaving.ties import Cause, Going
from shouxin.rights.cases import queries, services, ties
from shouxin.rights.cases.models import Kind, State
from shouxin.rights.cases.tests.cast import in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db


def test_requests_in_hand_go_back_to_those_who_may_take_them(register: Register) -> None:
    world = register.world
    row = in_hand(register, Kind.ACCESS)
    clerk = world.people["clerk"]
    going = Going(clerk.id, clerk.department_id, Cause.LEFT, clock.now())
    assert "1" in ties.foresee(going)[0].zh
    assert ties.cut(world.actor("security_admin"), going) == {"rights_cases": 1}
    assert ties.foresee(going) == []
    assert timeline(register["li"])[0].event == "rights.given_back"
    head = world.actor("sales_head")
    assert queries.to_take(head).get() == row
    taken = services.take(actor=head, case=row.id, now=clock.now())
    assert (taken.state, taken.due_on, taken.handler_id) == (State.HANDLING, row.due_on, head.id)
