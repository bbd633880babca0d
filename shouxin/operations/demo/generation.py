"""A demonstration organisation out of nothing but a seed: departments, staff, customers and what they bought.

No data set is copied and nobody real is meant; see `numbers` for how the numbers keep clear of real people.
"""

from datetime import date
from random import Random

from shouxin.operations.demo import doubles, organisation
from shouxin.operations.demo.customers import Setting, customer
from shouxin.operations.demo.goods import catalogue
from shouxin.operations.demo.shapes import DemoCustomer, Demonstration

UNTIL = date(2026, 11, 20)
AGAIN_EVERY = 20
PURPOSE = "sales_contract"


def generate(
    seed: int, customers: int = 2000, *, until: date = UNTIL, staff_seed: int | None = None
) -> Demonstration:
    """The organisation of `seed`; the same seed gives the same organisation, value by value.

    Args:
        seed: chooses names, numbers, purchases and passwords.
        customers: how many customers; a larger number repeats the smaller organisation and adds to it.
        until: the last day of the story; nothing happened after it.
        staff_seed: chooses the passwords instead, when every installation is to have its own.
    """
    setting = Setting(catalogue(_random("goods", seed)), until)
    return Demonstration(
        seed=seed,
        organisation=organisation.ORGANISATION,
        departments=organisation.DEPARTMENTS,
        staff=organisation.staff(seed if staff_seed is None else staff_seed),
        customers=tuple(_customer(seed, number, setting) for number in range(1, customers + 1)),
    )


def _customer(seed: int, number: int, setting: Setting) -> DemoCustomer:
    """The `number`th customer; now and then a person is entered a second time."""
    made = customer(_random("customer", seed, number), number, setting)
    if number % AGAIN_EVERY == 0:
        earlier = customer(_random("customer", seed, number - 1), number - 1, setting)
        if all(one.kind == "person" and one.purpose == PURPOSE and not one.flaws for one in (made, earlier)):
            return doubles.another_entry(_random("again", seed, number), made, earlier)
    return made


def _random(*parts: object) -> Random:
    """A stream of its own for every part, so that adding one does not change the others."""
    return Random(" ".join(map(str, parts)))  # noqa: S311 - reproducible on purpose; nothing secret comes of it
