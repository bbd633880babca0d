"""Of two equal codes typed at the same moment one counts."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from shouxin.core.policy import Actor
from shouxin.people.second_factor.proofs import Code
from shouxin.people.second_factor.services import Outcome, prove, renew_recovery_codes
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
AT_ONCE = 4


def _together(actor: Actor, code: str) -> list[Outcome]:
    start, outcomes = threading.Barrier(AT_ONCE), []

    def run() -> None:
        try:
            start.wait()
            outcomes.append(prove(actor=actor, proof=Code(code), address="10.0.0.1", place="sign_in"))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def _of_app(world: World) -> str:
    return world.code("officer")


def _recovery(world: World) -> str:
    world.code("officer")
    return renew_recovery_codes(actor=world.actor("officer"))[0]


@pytest.mark.parametrize("made", [_of_app, _recovery])
def test_one_of_several_wins(world: World, made: Callable[[World], str]) -> None:
    code = made(world)
    outcomes = _together(world.actor("officer"), code)
    assert sorted(outcomes) == [Outcome.PASSED, *[Outcome.WRONG] * (AT_ONCE - 1)]
