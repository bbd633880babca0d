"""Values that come again and again are judged as ever, and none is remembered beyond its batch."""

from datetime import date

import pytest

from shouxin.customers.registry.rules import DISTINCT, VERIFIED, Checking
from shouxin.gate.facts import rules as rulebooks
from tests.register import FOOTING, Register

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 27)
NAME, PHONE, FAULTY = "欧阳春晓", "13812345678", "1381234567"


def checking_of(_register: Register) -> Checking:
    book = rulebooks["rulebook"]
    purpose = book.purpose(FOOTING.purpose)
    assert purpose is not None
    return Checking("profile", book.fields(), purpose, TODAY, ("customer_no",))


def test_faulty_value_is_remarked_on_each_time(register: Register) -> None:
    checking = checking_of(register)
    numbers = [f"138{n:08d}" for n in range(2 * DISTINCT)]  # more than are remembered
    for number in [FAULTY, *numbers, FAULTY, *numbers]:
        done = checking.check({"mobile": number, "person_name": NAME})
        assert [problem.field for problem in done.problems] == (["mobile"] if number == FAULTY else [])
        assert done.values["mobile"].text == number
        assert done.values["mobile"].mark < VERIFIED
        assert bool(done.values["mobile"].problem) is (number == FAULTY)


def test_nothing_is_remembered_beyond_a_batch(register: Register) -> None:
    checking = checking_of(register)
    checking.check({"mobile": PHONE, "person_name": NAME})
    checking.forget()
    left = repr([getattr(checking, name) for name in vars(checking)])
    assert NAME not in left
    assert PHONE not in left
