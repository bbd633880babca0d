"""A search finds exactly those who hold what was typed, on any pages, in any lots, with the shortest tokens."""

import random
from uuid import UUID

import pytest

from shouxin.customers.registry import search, services
from shouxin.customers.registry.entries import CustomerEntry, RecordEntry
from shouxin.customers.registry.models import Kind, RecordKind, Scope
from shouxin.kit import clock
from shouxin.vault import rebuilding
from shouxin.vault.tests.cast import OPERATOR
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db
NAMES = ("高小松", "高小青", "王建国", "欧阳娜娜", "陈静", "陈敬")
PHONES = tuple(f"135111122{n:02}" for n in range(6))


def store(register: Register, chance: random.Random) -> dict[UUID, set[str]]:
    """Customers, people and firms with up to four contacts, and what each of them may be found by."""
    entries, known = list[CustomerEntry](), list[set[str]]()
    for number in range(40):
        people = [(chance.choice(NAMES), chance.choice(PHONES)) for _ in range(chance.randint(1, 4))]
        if chance.random() < 0.5:
            people = people[:1]
            own, kind = {"person_name": people[0][0], "mobile": people[0][1]}, Kind.PERSON
        else:
            own, kind = {"company_name": f"锦程家居第{number}公司"}, Kind.ORGANISATION
        contacts = [
            RecordEntry(RecordKind.CONTACT, kept({"contact_name": name, "contact_mobile": phone}))
            for name, phone in people
            if kind == Kind.ORGANISATION
        ]
        sales = register.world.departments["sales"].id
        entries.append(CustomerEntry(kind, kept(own), sales, Scope.DEPARTMENT, records=contacts))
        known.append({one for both in people for one in both})
    clerk = register.world.actor("clerk")
    done = services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    return {one.customer: found for one, found in zip(done, known, strict=True)}


def pages(register: Register, term: str, rows: int) -> list[list[UUID]]:
    clerk, before, seen = register.world.actor("clerk"), None, list[list[UUID]]()
    while True:
        page = search.search(actor=clerk, purpose=SALES, term=term, now=clock.now(), before=before, rows=rows)
        seen.append([view.row.id for view in page.customers])
        before = page.following
        if before is None:
            return seen


@pytest.mark.parametrize("seed", range(3))
def test_a_search_finds_exactly_those_who_hold_it(
    register: Register, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    chance = random.Random(seed)
    rebuilding.begin(actor=OPERATOR, planned=64)  # the shortest tokens there are
    list(rebuilding.work(actor=OPERATOR, batch=500))
    held = store(register, chance)
    for term in (*NAMES, *PHONES):
        lot, rows = chance.randint(1, 6), chance.randint(1, 12)
        monkeypatch.setattr(search, "_first_lot", lambda _most, lot=lot: lot)
        found = [one for page in pages(register, term, rows) for one in page if one in held]
        assert len(found) == len(set(found)), term
        assert set(found) == {one for one, known in held.items() if term in known}, (term, lot, rows)
        assert found == sorted(found, reverse=True)
