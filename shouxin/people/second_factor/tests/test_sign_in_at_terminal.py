"""At the server's command line the second factor is asked for like at the door."""

from collections.abc import Callable

import pytest

from shouxin.people.models import Staff
from shouxin.people.second_factor import rules
from shouxin.people.signin import NotSignedIn, at_terminal
from tests.world import PASSWORD, World, without_keys


def refused(who: str, ask_code: Callable[[], str] = str) -> str:
    with pytest.raises(NotSignedIn) as problem:
        at_terminal(user_name=who, password=PASSWORD, ask_code=ask_code)
    return problem.value.code


def never() -> str:
    raise AssertionError("nobody is asked for a code they do not have")


def test_password_and_code_sign_in(world: World) -> None:
    code = world.code("officer")
    actor = at_terminal(user_name="officer", password=PASSWORD, ask_code=lambda: code)
    assert actor.id == world.people["officer"].id
    assert refused("officer", lambda: code) == "factor_wrong", "the same code again"


def test_without_a_code_nobody_signs_in(world: World) -> None:
    world.code("officer")
    assert refused("officer") == "factor_missing"


def test_who_must_set_one_up_first_is_told(world: World) -> None:
    Staff.objects.filter(user_name="officer").update(second_factor_at=None)
    assert refused("officer", never) == "factor_first"


def test_who_has_none_and_needs_none_is_not_asked(world: World) -> None:
    assert at_terminal(user_name="clerk", password=PASSWORD, ask_code=never).id == world.people["clerk"].id


def test_guessing_is_locked_there_too(world: World) -> None:
    code = world.code("officer")
    wrong = "000000" if code != "000000" else "111111"
    found = [refused("officer", lambda: wrong) for _ in range(rules.ACCOUNT_LIMIT)]
    assert found[-1] == "locked"
    assert refused("officer", lambda: code) == "locked"


def test_without_keys_the_reason_is_said(world: World) -> None:
    code = world.code("officer")
    with without_keys():
        assert refused("officer", lambda: code) == "keys_away"
