"""Of whom the same is known may share it; what was granted for one of them is not shared."""

from dataclasses import replace

import pytest

from shouxin.core.policy import Action, ActorKind, Form, Permit, decide
from shouxin.core.policy.tests.cast import CLERK, CUSTOMER, FACTS, HER, OTHER, STANDING, question

CLIENT = replace(CLERK, kind=ActorKind.CLIENT, roles=frozenset())
TOKEN = replace(
    STANDING,
    kind="client",
    readable=frozenset({"mobile"}),
    own_customers_only=False,
    covers_sensitive=True,
    covers_bulk=True,
)


@pytest.mark.parametrize("order", [(OTHER, CUSTOMER), (CUSTOMER, OTHER)])
def test_a_grant_for_one_customer_opens_nobody_like_them(order: tuple[object, ...]) -> None:
    known = replace(FACTS, customers={CUSTOMER: HER, OTHER: HER})
    asked = question(Action.READ, "mobile", actor=CLIENT, customers=order)
    for_all = decide(asked, replace(known, grants=(TOKEN,)))
    for_one = decide(asked, replace(known, grants=(replace(TOKEN, customers=frozenset({CUSTOMER})),)))
    assert isinstance(for_all, Permit)
    assert isinstance(for_one, Permit)
    assert [for_all.form(one, "mobile") for one in (CUSTOMER, OTHER)] == [Form.CLEAR, Form.CLEAR]
    assert [for_one.form(one, "mobile") for one in (CUSTOMER, OTHER)] == [Form.CLEAR, Form.MASKED]
