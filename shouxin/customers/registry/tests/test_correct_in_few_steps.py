"""A correction asks the database little, and begins nothing where a value stands already."""

import pytest

from shouxin.customers.registry import services
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel, Customer, Method
from shouxin.kit import clock
from tests.harness.asked import asked
from tests.register import SALES, Register, kept

pytestmark = pytest.mark.django_db
STEPS = 20  # of a telephone: sealed, found anew, its owner told, its age and its contract kept account of


def test_a_correction_takes_few_statements_and_copies_nothing(register: Register) -> None:
    clerk, footing = register.world.actor("clerk"), Footing(SALES, Channel.SALES, Method.HAND)

    def correct(mobile: str) -> list[str]:
        revision = Customer.objects.get(id=register["li"]).revision
        with asked() as seen:
            services.edit(
                actor=clerk,
                footing=footing,
                customer=register["li"],
                revision=revision,
                values=kept({"mobile": mobile}),
                now=clock.now(),
            )
        return seen

    correct("13900139001")  # what a process reads once is read
    seen = correct("13900139002")
    assert not [one for one in seen if one.startswith("COPY")], seen
    assert len(seen) <= STEPS, (len(seen), seen)
