"""A search takes few statements, hears nothing of whom its reader may not see, and leaves no reading unjournalled."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from shouxin.core.policy import Actor
from shouxin.customers.registry import search
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.queries import Filters
from shouxin.customers.registry.tests.test_search_names import store
from shouxin.journal import services as journal
from shouxin.journal.models import Entry
from shouxin.kit import clock, statements
from shouxin.vault import control, groups, rebuilding
from shouxin.vault.tests.cast import OPERATOR
from tests.harness.asked import asked
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db
FINDING = (
    4  # what the searcher may use; candidates; what is known of them; their sealed values, with the entry
)
WHOLE = 16  # the same, and the masked page with all that counts and journals it


@pytest.fixture
def told() -> Iterator[list[str]]:
    """Every statement sent, Django's own too."""
    with asked() as seen:
        yield seen


def look_up(actor: Actor, term: str) -> search.Hits:
    _understood, hits = search.look_up(
        actor=actor, purpose=SALES, terms=[term], filters=Filters(), now=clock.now()
    )
    return hits


def opened() -> list[dict[str, Any]]:
    bodies = Entry.objects.filter(event="maintenance.opened").order_by("id").values_list("body", flat=True)
    return [json.loads(bytes(body)[1:])["data"] for body in bodies]


def test_a_search_takes_few_statements(register: Register, told: list[str]) -> None:
    clerk = register.world.actor("clerk")
    for term in (PHONE, "小明", "5678", "李 5678", "lixiaoming"):
        look_up(clerk, term)  # what a process reads once is read
        told.clear()
        assert look_up(clerk, term).customers == [register["li"]]
        assert len(told) == FINDING, told
        told.clear()
        search.search(actor=clerk, purpose=SALES, term=term, now=clock.now())
        assert len(told) <= WHOLE, told


@pytest.fixture
def hidden(register: Register) -> set[UUID]:
    """Thirty of one name, of whom the clerk may see every tenth."""
    many = sorted(store(register, ["高小松"] * 30), reverse=True)
    unseen = {one for number, one in enumerate(many) if number % 10 != 9}
    service = register.world.departments["service"]
    Customer.objects.filter(id__in=unseen).update(owner_department=service)
    return unseen


def test_whom_one_may_not_see_is_not_even_a_candidate(
    register: Register, hidden: set[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_first_lot", lambda _most: 3)
    rows: list[tuple[Any, ...]] = []

    def execute(statement: str, parameters: Any = ()) -> list[Any]:
        found = statements.execute(statement, parameters)
        rows.extend(found)
        assert (
            sum(row[3] is None for row in found) <= 1
        )  # below whom the next lot begins: one, however many there are
        return found

    monkeypatch.setattr(search, "execute", execute)
    before, seen = None, []
    while True:
        found = search.search(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            term="高小松",
            now=clock.now(),
            before=before,
            rows=1,
        )
        seen += [view.row.id for view in found.customers]
        before = found.following
        if before is None:
            break
        assert before not in hidden
    assert len(seen) == 3
    assert not hidden & {customer for _source, customer, _alternatives, stands, _public in rows if stands}
    assert all(one["count"] <= 3 for one in opened())


def test_the_place_where_a_search_stopped_is_of_somebody_one_may_see(
    register: Register, hidden: set[UUID], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_kept", lambda _found: set())  # all of them coincidences
    monkeypatch.setattr(search, "_first_lot", lambda _most: 12)
    monkeypatch.setattr(search, "CANDIDATES", 1)
    found = look_up(register.world.actor("clerk"), "高小松")
    assert found.crowd
    assert found.following
    assert found.following not in hidden


def test_a_search_begun_with_an_older_index_asks_the_one_that_answers_now(register: Register) -> None:
    assert look_up(register.world.actor("clerk"), PHONE).customers == [register["li"]]
    older = control.presumed_index()[1]
    rebuilding.begin(actor=OPERATOR)
    list(rebuilding.work(actor=OPERATOR, batch=500))
    newer = control.presumed_index(anew=True)[1]
    assert newer != older
    control._presumed[:] = [older]
    assert look_up(register.world.actor("clerk"), PHONE).customers == [register["li"]]
    assert control.presumed_index()[1] == newer


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_journalled_is_not_read(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    with transaction.atomic(), pytest.raises(RuntimeError, match="transaction of its own"):
        look_up(register.world.actor("clerk"), PHONE)  # whose end would decide about the entry
    assert opened() == []
    whose: set[UUID] = set()  # by chance somebody else may have the short tokens too

    def load(wanted: list[groups.Pair], *, entry: journal.Beside) -> Any:
        whose.update(customer for customer, _group in wanted)
        return groups.load(wanted, entry=entry)

    with monkeypatch.context() as patched:
        patched.setattr("shouxin.vault.searching.load", load)
        assert look_up(register.world.actor("clerk"), PHONE).customers == [register["li"]]
    (done,) = opened()
    assert register["li"] in whose
    assert (done["count"], done["reason"]) == (len(whose), "search")
    read: list[str] = []
    monkeypatch.setattr("shouxin.vault.searching.unlock", read.append)
    monkeypatch.setattr("shouxin.journal.rows._values", lambda one: [one.id, None, *[None] * 5])
    with pytest.raises(DatabaseError):
        look_up(register.world.actor("clerk"), PHONE)
    assert (read, opened()) == ([], [done])
