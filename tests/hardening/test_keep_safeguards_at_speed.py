"""The paths whose speed is measured keep every safeguard: take one away, and this says so for each path.

Measured are a read in the library, reads of one and of many over the API, a search, a page of the list, and what
customers read of themselves (docs/performance.md, lines 1, 2, 3, 10, 17 and 9). Each safeguard is an attack that must
bring nothing to light; with the safeguard taken away it must succeed, else the attack would prove nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import DatabaseError
from django.test import Client

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted
from shouxin.core.crypto.errors import CryptoError
from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import pages
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel
from shouxin.customers.consents.services import How
from shouxin.customers.registry import listing
from shouxin.customers.registry.queries import Filters
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.portal.held.queries import held
from shouxin.vault.errors import VaultError
from tests.hardening.safeguards import (
    asked_every_time,
    full_journal,
    keys_for_ever,
    no_journal,
    no_permit,
    no_root_key,
    remembered_facts,
)
from tests.harness import served
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db(transaction=True)
MARKETING = "marketing"
WAYS = (
    "library",
    "one",
    "many",
    "search",  # these three over the API as the web server answers: beside Django (decision 50)
    "list",
    "own",
)
# What is held about a person is theirs to read whatever they agreed to: no consent is asked for (PIPL 45).
OF_CONSENT = tuple(way for way in WAYS if way != "own")
READS = ("field.read", "list.searched", "list.viewed", "profile.viewed", "field.revealed")


@dataclass(frozen=True, slots=True)
class Case:
    """Who asks for what: staff in the library and the list, a program over the API, a person about themselves."""

    register: Register
    browser: Client
    token: str
    who: str = "clerk"
    lister: str = "clerk"
    purpose: str = SALES
    proved: bool = True  # the person typed a second code just now

    def sees(self, way: str) -> bool:
        """Whether any text of the customer's telephone comes out this way."""
        asked = {"library": self._in_library, "list": self._in_list, "own": self._own}.get(way)
        if asked is None:
            return self._over_api(way)
        try:
            return asked()
        except (gate.Refused, VaultError, CryptoError, DatabaseError):
            return False

    def _in_library(self) -> bool:
        li = self.register["li"]
        opened = gate.open_sealed(
            actor=self.register.world.actor(self.who),
            purpose=self.purpose,
            customers=[li],
            fields=["mobile"],
            action=Action.READ,
            reason="order",
            now=clock.now(),
        )
        return any(one.text for one in opened.revealed.of(li).values())

    def _in_list(self) -> bool:
        actor = self.register.world.actor(self.lister)
        page = listing.page(actor=actor, purpose=self.purpose, filters=Filters(), now=clock.now())
        return any(view.cells["mobile"].text for view in page.customers if "mobile" in view.cells)

    def _own(self) -> bool:
        now = clock.now()
        me = customer_actor(self.register["li"], second_factor_at=now if self.proved else None)
        told = held(me=me, now=now, clear=True).categories.values()
        return any(item.rule.key == "mobile" and item.text for items in told for item in items)

    def _over_api(self, way: str) -> bool:
        verb, body = "search", dict[str, Any](purpose=self.purpose, term="李小明")
        if way != "search":
            names = ["li"] if way == "one" else ["li", "zhang"]
            ids = [str(self.register[name]) for name in names]
            verb, body = (
                "read",
                {"purpose": self.purpose, "reason": "order", "fields": ["mobile"], "ids": ids},
            )
        answer = self.browser.post(
            f"/api/v1/customers:{verb}",
            body,
            content_type="application/json",
            headers={"Authorization": f"Bearer {self.token}"},
        ).json()
        found = answer.get("hits", answer.get("results", []))
        return any(one.get("values", {}).get("mobile", {}).get("text") for one in found)


def token(register: Register, *fields: str) -> str:
    world, now = register.world, clock.now()
    wanted = Wanted(
        name="报表",
        purposes=(SALES, MARKETING),
        readable=fields,
        clear=(),
        writable=(),
        addresses=("127.0.0.1",),
        per_minute=600,
        daily_rows=1000,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="核对",
    )
    asked = clients.propose(
        actor=world.actor("sales_head"),
        owner=world.people["sales_head"].id,
        department=world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    return clients.approve(actor=world.actor("officer"), client=asked.id, now=now)[1]


@pytest.fixture
def case(register: Register) -> Case:
    return Case(
        register, served.client(raise_request_exception=False), token(register, "mobile", "person_name")
    )


Attack = Callable[[Case, psycopg.Connection[Any]], Iterator[Callable[[str], bool]]]


def without_right(case: Case, _: psycopg.Connection[Any]) -> Iterator[Callable[[str], bool]]:
    """By staff whose role or department opens nothing, by a program whose grant does not name the field, and by a
    person who has not proved a second time who they are."""
    stranger = replace(
        case,
        who="system_admin",
        lister="officer",  # finds every customer: not what is listed keeps the page empty
        token=token(case.register, "person_name"),
        proved=False,
    )
    yield stranger.sees


def after_withdrawal(case: Case, _: psycopg.Connection[Any]) -> Iterator[Callable[[str], bool]]:
    """For a purpose that rests on a consent which was there a moment ago."""
    asked, person = replace(case, purpose=MARKETING), case.register["li"]
    page = pages.present(purpose=MARKETING, language="zh-Hans", now=clock.now())
    consents.decide(
        actor=customer_actor(person),
        customer=person,
        shown=page.sha256,
        ticked=frozenset({"general"}),
        how=How(Channel.COUNTER),
        now=clock.now(),
    )
    assert all(asked.sees(way) for way in OF_CONSENT)
    consents.withdraw(
        actor=customer_actor(person),
        customer=person,
        purpose=MARKETING,
        how=How(Channel.PORTAL),
        now=clock.now(),
    )
    yield asked.sees


def without_trace(case: Case, superuser: psycopg.Connection[Any]) -> Iterator[Callable[[str], bool]]:
    """Whether something is shown of which no other connection finds an entry by then."""

    def entries() -> Any:
        return superuser.execute(
            "SELECT count(*) FROM journal_entry WHERE event = ANY(%s)", [list(READS)]
        ).fetchone()

    def attack(way: str) -> bool:
        case.sees(way)  # a second read of a kind is recorded by the statement that reads
        before = entries()
        seen = case.sees(way)
        return seen and entries() == before

    yield attack


def while_nothing_is_recorded(
    case: Case, superuser: psycopg.Connection[Any]
) -> Iterator[Callable[[str], bool]]:
    """While the journal takes no entries."""
    with full_journal(superuser):
        yield case.sees


def while_nothing_more_is_recorded(
    case: Case, superuser: psycopg.Connection[Any]
) -> Iterator[Callable[[str], bool]]:
    """The same, of reads that are like one before."""
    assert all(case.sees(way) for way in WAYS)
    yield from while_nothing_is_recorded(case, superuser)


def without_keys(case: Case, _: psycopg.Connection[Any]) -> Iterator[Callable[[str], bool]]:
    """With the root key gone, whatever is held in memory."""
    assert all(case.sees(way) for way in WAYS)
    with no_root_key():
        yield case.sees


ATTACKS: dict[str, tuple[Attack, Callable[[pytest.MonkeyPatch], None]]] = {
    "permit": (without_right, no_permit),
    "live consent": (after_withdrawal, remembered_facts),
    "journal, committed": (without_trace, no_journal),
    "journal, or nothing": (while_nothing_is_recorded, no_journal),
    "journal, or nothing more": (while_nothing_more_is_recorded, no_journal),
    "fail closed": (without_keys, keys_for_ever),
}


def ways_of(safeguard: str) -> tuple[str, ...]:
    return OF_CONSENT if safeguard == "live consent" else WAYS


@pytest.fixture(autouse=True)
def nothing_remembered(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield from asked_every_time(monkeypatch)


@pytest.mark.parametrize("safeguard", ATTACKS)
def test_every_measured_path_keeps_the_safeguard(
    case: Case, superuser: psycopg.Connection[Any], safeguard: str
) -> None:
    attack, _ = ATTACKS[safeguard]
    for trying in attack(case, superuser):
        assert [way for way in ways_of(safeguard) if trying(way)] == []
    assert all(case.sees(way) for way in WAYS)  # and who may see does


@pytest.mark.parametrize("safeguard", ATTACKS)
def test_without_the_safeguard_every_attack_succeeds(
    case: Case, superuser: psycopg.Connection[Any], safeguard: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    attack, remove = ATTACKS[safeguard]
    with monkeypatch.context() as patch:
        remove(patch)
        for trying in attack(case, superuser):
            assert [way for way in ways_of(safeguard) if trying(way)] == list(ways_of(safeguard))
