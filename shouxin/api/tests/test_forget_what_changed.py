"""What a process keeps of rules, rights and decisions never outlives them."""

import gc
import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from shouxin.access.clients import door
from shouxin.access.clients.models import ApiClient
from shouxin.access.grants import services as grants
from shouxin.access.grants.models import GrantUse
from shouxin.access.highrisk.tests.conftest import mark, mark_field
from shouxin.api.tests.conftest import CLEAR, READABLE, Make, Program
from shouxin.core.policy import Action, GroupState, service_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents.tests.test_decide_consents import MARKETING, decided
from shouxin.customers.registry import search
from shouxin.customers.registry.models import Customer
from shouxin.gate import again, fetching
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.people.models import Department, Staff
from shouxin.rulebook.catalogue import grading
from shouxin.rulebook.catalogue.queries import Cached
from shouxin.rulebook.purposes import queries as purposes
from shouxin.rulebook.purposes import services as rulebook
from shouxin.vault import opening
from shouxin.vault import queries as vault
from shouxin.vault import services as sealing
from tests.register import PEOPLE, SALES, Register, grant
from tests.test_ask_of_many_at_once import stop

pytestmark = pytest.mark.django_db
FIELDS = ("person_name", "mobile", "customer_no")
Event = Callable[[Register, Program, str], Any]


def begin_anew() -> None:
    """As a process that has decided and read nothing yet."""
    again.forget()
    for kept in (
        opening._plans,
        door._trees,
        fetching.groups_of,
        pages._last,
        purposes._made,
        purposes._tied,
    ):
        kept.clear()
    search._scope.cache_clear()
    for one in gc.get_objects():
        if isinstance(one, Cached):
            one._kept = None


def lock(register: Register, _app: Program, name: str) -> None:
    him = register[name]
    group = min(vault.states([him])[him])
    sealing.move_state(actor=service_actor("closing"), groups=[(him, group)], state=GroupState.LOCKED)


def move(register: Register, _app: Program, _name: str) -> None:
    """The other department comes under the program's, and goes again."""
    service, sales = register.world.departments["service"], register.world.departments["sales"]
    found = Department.objects.get(id=service.id)
    found.parent = None if found.parent_id == sales.id else sales
    found.save()


def hand_over(register: Register, _app: Program, name: str) -> None:
    to = random.Random(name).choice(("clerk", "agent", "sales_head"))
    Customer.objects.filter(id=register[name]).update(responsible=register.world.people[to])


def toggle(column: str, *values: Any) -> Event:
    def change(register: Register, _app: Program, name: str) -> None:
        row = Customer.objects.filter(id=register[name])
        now = row.values_list(column, flat=True).get()
        row.update(**{column: values[(values.index(now) + 1) % len(values)]})

    return change


def allow(field: str, *choices: tuple[str, ...]) -> Event:
    def change(_register: Register, app: Program, _name: str) -> None:
        row = ApiClient.objects.filter(id=app.client.id)
        now = set(row.values_list(field, flat=True).get())
        row.update(**{field: list(choices[0] if now != set(choices[0]) else choices[1])})

    return change


def end_grants(register: Register, _app: Program, _name: str) -> None:
    for one in granted:
        grants.end(actor=register.world.actor("sales_head"), grant=one, now=clock.now())
    granted.clear()


granted: list[Any] = []
EVENTS: list[Event] = [
    lambda r, _a, n: decided(r, "general", name=n),
    lambda r, _a, n: stop(r, n, SALES),
    lambda r, _a, n: mark(r, customer=n),
    lambda r, _a, _n: mark_field(r, "customer_no"),
    lambda r, _a, _n: grading.raise_grade(
        r.world.actor("officer"), key="customer_no", level=4, reason="从严"
    ),
    lambda r, _a, _n: granted.append(grant(r)),
    end_grants,
    lock,
    move,
    hand_over,
    toggle("restricted", False, True),
    toggle("scope", "own", "department", "organisation"),
    toggle("visibility", "open", "unconfirmed", "quarantined"),
    allow("clear", CLEAR, ("person_name",)),
    allow("readable", READABLE, CLEAR),
    allow("purposes", (SALES, MARKETING), (MARKETING,)),
    lambda r, _a, _n: Staff.objects.filter(id=r.world.people["clerk"].id).update(
        department=r.world.departments["service"]
    ),
    lambda r, _a, _n: Staff.objects.filter(id=r.world.people["clerk"].id).update(sight="own"),
    lambda r, _a, _n: rulebook.revise_purpose(r.world.actor("officer"), key=SALES, reason="修订"),
]


LAST = 3  # of them come last: little can happen to the clerk and the purpose afterwards


def seen(register: Register, app: Program) -> list[Any]:
    """Everything that the program and the clerk are answered about everybody."""
    GrantUse.objects.update(count=0)  # asking is not to use a grant up
    found: list[Any] = []
    for purpose in (SALES, MARKETING):
        for customers in (*([one] for one in register.ids.values()), [*register.ids.values()]):
            status, answer = app.read(*customers, fields=FIELDS, purpose=purpose)
            found.append((status, answer.get("results", answer.get("code"))))
    for customer in register.ids.values():
        try:
            opened = gate.open_sealed(
                actor=register.world.actor("clerk"),
                purpose=SALES,
                customers=[customer],
                fields=FIELDS,
                action=Action.READ,
                reason="order",
                now=clock.now(),
            )
        except gate.Refused as refused:
            found.append(refused.refusal.code)
        else:
            found.append({key: (one.form, one.text) for key, one in opened.revealed.of(customer).items()})
    hits = app.call("POST", "customers:search", {"purpose": SALES, "term": "张伟"})
    return [*found, json.dumps(hits, ensure_ascii=False, default=str)]


@pytest.mark.parametrize("seed", range(2))
def test_after_each_change_it_answers_as_if_it_had_just_begun(
    register: Register, program: Make, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    monkeypatch.setattr("shouxin.people.guarding.services.lists_read", lambda **_: None)
    granted.clear()
    app = program(purposes=[SALES, MARKETING], per_minute=60_000, daily_rows=1_000_000)
    seen(register, app)
    for number in [*chance.sample(range(len(EVENTS) - LAST), len(EVENTS) - LAST), *range(-LAST, 0)]:
        EVENTS[number](register, app, chance.choice(list(PEOPLE)))
        kept = seen(register, app)
        assert seen(register, app) == kept, number
        begin_anew()
        assert seen(register, app) == kept, number
