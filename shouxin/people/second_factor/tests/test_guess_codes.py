"""Guessing codes: few tries per log-in, per address and over many log-ins; the locks stand in the journal."""

from collections import Counter

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.people.models import FactorFailure, Staff
from shouxin.people.second_factor import rules
from shouxin.people.second_factor.proofs import Code
from shouxin.people.second_factor.services import Outcome, prove
from tests.world import PASSWORD, World


def _guess(world: World, who: str, address: str, code: str = "000000") -> Outcome:
    return prove(actor=world.actor(who), proof=Code(code), address=address, place="sign_in")


def _wrong(world: World, who: str) -> str:
    """Six digits that no app of the cast shows now."""
    shown = {world.code(who)}
    return next(code for code in ("000000", "111111", "222222", "333333") if code not in shown)


def test_five_wrong_codes_lock_the_log_in_from_every_address(world: World) -> None:
    wrong = _wrong(world, "officer")
    outcomes = [_guess(world, "officer", f"10.0.0.{number}", wrong) for number in range(rules.ACCOUNT_LIMIT)]
    assert outcomes == [Outcome.WRONG] * (rules.ACCOUNT_LIMIT - 1) + [Outcome.LOCKED]
    assert _guess(world, "officer", "10.9.9.9", world.code("officer")) is Outcome.LOCKED
    told = Counter(Entry.objects.values_list("event", flat=True))
    assert told["factor.failed"] == rules.ACCOUNT_LIMIT
    assert told["factor.locked"] == 1


def test_the_lock_is_told_at_the_door_and_ends(world: World, client: Client) -> None:
    wrong = _wrong(world, "officer")
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    for _ in range(rules.ACCOUNT_LIMIT):
        answer = client.post("/sign-in/second-step/", {"factor_code": wrong})
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    for row in FactorFailure.objects.all():
        FactorFailure.objects.filter(id=row.id).update(at=row.at - rules.LOCK_LASTS)
    answer = client.post("/sign-in/second-step/", {"factor_code": world.code("officer")})
    assert answer.status_code == 302


def test_one_address_may_not_spread_its_guesses_over_log_ins(world: World) -> None:
    wrong = _wrong(world, "officer")
    victims = list(Staff.objects.filter(is_active=True).exclude(roles=[]).values_list("user_name", flat=True))
    guesses = [who for who in victims for _ in range(rules.ACCOUNT_LIMIT - 1)]
    outcomes = [_guess(world, who, "10.0.0.1", wrong) for who in guesses[: rules.ADDRESS_LIMIT]]
    assert outcomes[:-1] == [Outcome.WRONG] * (rules.ADDRESS_LIMIT - 1)
    assert _guess(world, guesses[rules.ADDRESS_LIMIT], "10.0.0.1") is Outcome.LOCKED
    assert _guess(world, "officer", "10.0.0.1", world.code("officer")) is Outcome.LOCKED
    assert _guess(world, victims[-1], "10.0.0.2", wrong) is Outcome.WRONG, "others go on"


def test_passing_forgets_the_failures_of_that_log_in_alone(world: World) -> None:
    wrong = _wrong(world, "officer")
    for who in ("officer", "officer", "clerk"):
        _guess(world, who, "10.0.0.1", wrong)
    assert _guess(world, "officer", "10.0.0.1", world.code("officer")) is Outcome.PASSED
    left = FactorFailure.objects.values_list("staff__user_name", flat=True)
    assert list(left) == ["clerk"]


@pytest.mark.parametrize("typed", ["", "   ", "12345", "１２３４５６", "0" * 40, "not a code"])
def test_nonsense_is_a_failure_like_any_other(world: World, client: Client, typed: str) -> None:
    world.code("officer")
    client.post("/sign-in/", {"username": "officer", "password": PASSWORD})
    answer = client.post("/sign-in/second-step/", {"factor_code": typed})
    assert answer.status_code == 422
    assert client.get("/").status_code == 302


def test_a_wrong_code_is_kept_nowhere(world: World) -> None:
    _wrong(world, "officer")
    _guess(world, "officer", "10.0.0.1", "987123")
    entry = Entry.objects.filter(event="factor.failed").get()
    assert b"987123" not in bytes(entry.body)
