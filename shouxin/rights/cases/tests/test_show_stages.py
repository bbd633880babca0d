"""The bar above a request: a stage that nobody took is not shown as taken."""

import pytest

from shouxin.kit import clock
from shouxin.rights.cases import services
from shouxin.rights.cases.models import Kind
from shouxin.rights.cases.staging import stages_of
from shouxin.rights.cases.tests.cast import filed, in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db


def shown(register: Register, *, verified: bool) -> list[tuple[str, str]]:
    """The stages of a request that was taken back, each with its state."""
    clerk = register.world.actor("clerk")
    if verified:
        case = in_hand(register, Kind.COPY)
    else:
        case = services.take(actor=clerk, case=filed(register, Kind.COPY).case.id, now=clock.now())
    row = services.withdraw(actor=clerk, case=case.id, now=clock.now())
    return [(str(one.title), one.state) for one in stages_of(row)]


def test_what_was_taken_back_early_ends_where_it_stood(register: Register) -> None:
    assert shown(register, verified=False) == [("登记", "done"), ("申请人撤回", "stopped")]
    assert shown(register, verified=True) == [
        ("登记", "done"),
        ("身份核验", "done"),
        ("申请人撤回", "stopped"),
    ]
