"""Needs and promises: noted with owner and day, on the daily list, closed once, handed over with the customer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import product
from threading import Barrier
from uuid import UUID

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed
from shouxin.customers.handover import services as handover
from shouxin.customers.promises import queries, rules, services
from shouxin.customers.promises.models import Kind, Promise, State, Why
from shouxin.customers.promises.services import PromiseProblem
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.models import Record
from shouxin.gate.services import Refused
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.models import Staff
from tests.register import SALES, Register, acknowledge

pytestmark = pytest.mark.django_db

SAID = "周五前把订购的样布寄到，回电 13812345678"


def promised(
    register: Register, days: int = 0, *, who: str = "clerk", to: str = "", **more: object
) -> Promise:
    said = {"customer": register["li"], "kind": Kind.PROMISE, "text": SAID, **more}
    return services.make(
        actor=register.world.actor(who),
        purpose=SALES,
        owner=register.world.people[to or who].id,
        due_on=rules.today(clock.now()) + timedelta(days=days),
        now=clock.now(),
        **said,  # type: ignore[arg-type]
    )


def keep(register: Register, *promises: UUID, who: str = "clerk") -> int:
    return services.keep(actor=register.world.actor(who), purpose=SALES, promises=promises, now=clock.now())


def stories(register: Register, name: str = "li") -> list[str]:
    return [line.event for line in timeline(register[name]) if line.event.startswith("promise.")]


@pytest.fixture
def colleague(register: Register) -> Staff:
    found = Staff.objects.create(
        user_name="colleague",
        display_name="方圆",
        department=register.world.departments["sales"],
        roles=["clerk"],
        password="x",
        must_change_password=False,
    )
    acknowledge(found)
    register.world.people["colleague"] = found
    return found


def test_the_words_are_sealed_and_shown_without_numbers(register: Register) -> None:
    promise = promised(register)
    told = queries.told(actor=register.world.actor("clerk"), purpose=SALES, rows=[promise], now=clock.now())
    assert told[0].name == "李**"
    assert told[0].text is not None
    assert "样布" in told[0].text
    assert "13812345678" not in told[0].text
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT p::text FROM customers_promise p UNION ALL SELECT r::text FROM customers_record r"
        )
        assert not [row for (row,) in cursor.fetchall() if "样布" in row or "13812345678" in row]
    assert not [line for line in timeline(register["li"]) if "样布" in str(line.data)]


def test_the_daily_list_holds_what_is_due_and_the_rest_waits(register: Register) -> None:
    today, later = promised(register), promised(register, 30, kind=Kind.NEED)
    actor, now = register.world.actor("clerk"), clock.now()
    in_lists = {
        show: set(queries.of(actor, show=show, team=False, now=now).values_list("id", flat=True))
        for show in queries.SHOWS
    }
    assert in_lists == {
        "today": {today.id},
        "week": {today.id},
        "open": {today.id, later.id},
        "closed": set(),
    }
    assert queries.overdue(actor, now) == 0
    assert queries.overdue(actor, now + timedelta(days=1)) == 1
    assert rules.standing(today.state, today.due_on, now + timedelta(days=1)) == "overdue"
    head = register.world.actor("sales_head")
    assert queries.of(head, show="open", team=False, now=now).count() == 0
    assert queries.of(head, show="open", team=True, now=now).count() == 2
    assert queries.of(register.world.actor("agent"), show="open", team=True, now=now).count() == 0


def test_the_page_ticks_several_off_at_once(register: Register, client: Client) -> None:
    first, second = promised(register), promised(register, kind=Kind.NEED)
    browser = register.world.signed_in(client, "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    page = browser.get("/customers/promises/").content.decode()
    assert page.count('name="chosen"') == 2
    assert "样布" in page
    browser.post("/customers/promises/", {"chosen": [str(first.id), str(second.id)]})
    assert set(Promise.objects.values_list("state", flat=True)) == {"kept"}
    assert stories(register)[:2] == ["promise.kept", "promise.kept"]
    assert not Record.objects.filter(kind="promise", ended_at__isnull=True).exists()


@pytest.mark.parametrize(("before", "wanted"), list(product(State, State)))
def test_what_is_closed_stays_closed(before: State, wanted: State) -> None:
    assert rules.may_follow(before, wanted) is (before is State.OPEN and wanted is not State.OPEN)


@pytest.mark.parametrize("closing", ["keep", "drop"])
@pytest.mark.parametrize("then", ["keep", "drop", "move", "give"])
def test_no_verb_reaches_what_is_closed(register: Register, closing: str, then: str) -> None:
    promise = promised(register)
    actor, now = register.world.actor("clerk"), clock.now()
    day = rules.today(now) + timedelta(days=3)
    head = register.world.people["sales_head"].id
    one = promise.id
    verbs: dict[str, Callable[[], object]] = {
        "keep": lambda: services.keep(actor=actor, purpose=SALES, promises=[one], now=now),
        "drop": lambda: services.drop(actor=actor, purpose=SALES, promise=one, why=Why.WITHDRAWN, now=now),
        "move": lambda: services.move(actor=actor, purpose=SALES, promise=one, due_on=day, now=now),
        "give": lambda: services.give(actor=actor, purpose=SALES, promise=one, owner=head, now=now),
    }
    verbs[closing]()
    with pytest.raises(PromiseProblem, match=r"promise\.closed-already"):
        verbs[then]()


@pytest.mark.parametrize(
    "broken",
    [
        {"state": "kept"},
        {"state": "dropped", "why": ""},
        {"why": "withdrawn"},
        {"state": "late"},
        {"kind": "wish"},
    ],
)
def test_the_database_refuses_nonsense(register: Register, broken: dict[str, str]) -> None:
    promise = promised(register)
    with pytest.raises(IntegrityError), transaction.atomic():
        Promise.objects.filter(id=promise.id).update(**broken)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"text": "  "}, "text.length"),
        ({"text": "x" * 1001}, "text.length"),
        ({"days": -1}, "due.past"),
        ({"days": 2000}, "due.far"),
        ({"to": "agent"}, "owner.unsuitable"),
    ],
)
def test_nonsense_is_not_noted(register: Register, said: dict[str, object], code: str) -> None:
    with pytest.raises(PromiseProblem, match=code):
        promised(register, **said)  # type: ignore[arg-type]
    assert not Promise.objects.exists()


def test_nobody_else_sees_or_touches_it(register: Register) -> None:
    promise = promised(register)
    stranger = register.world.actor("agent")
    assert queries.find(stranger, register["li"], promise.id) is None
    with pytest.raises(Refused):
        keep(register, promise.id, who="agent")
    with pytest.raises(NotAllowed):
        keep(register, promise.id, who="officer")
    assert Promise.objects.get().state == "open"


def assign(register: Register, to: Staff | None) -> None:
    registry.assign(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        responsible=to.id if to else None,
        scope="department",
        purpose=SALES,
        now=clock.now(),
    )


@pytest.mark.clause("D19.3")
def test_a_new_responsible_person_finds_the_open_promises_and_reads_them_masked(
    register: Register, colleague: Staff
) -> None:
    still_open, done = promised(register, 2), promised(register, kind=Kind.NEED)
    others = promised(register, to="sales_head")
    keep(register, done.id)
    assign(register, colleague)
    owners = dict(Promise.objects.values_list("id", "owner_id"))
    assert owners[still_open.id] == colleague.id
    assert owners[done.id] == register.world.people["clerk"].id  # closed: stays with who closed it
    assert owners[others.id] == register.world.people["sales_head"].id
    actor = register.world.actor("colleague")
    mine = list(queries.of(actor, show="week", team=False, now=clock.now()))
    assert [row.id for row in mine] == [still_open.id]
    told = queries.told(actor=actor, purpose=SALES, rows=mine, now=clock.now())
    assert told[0].name == "李**"
    assert "样布" in str(told[0].text)
    assert "13812345678" not in str(told[0].text)
    passed = next(line for line in timeline(register["li"]) if line.event == "promise.passed")
    assert passed.data["successor"] == str(colleague.pseudonym)


def test_who_leaves_hands_them_to_the_head_and_then_to_the_successor(
    register: Register, colleague: Staff
) -> None:
    promised(register)
    joint = promised(register, customer=register["zhang"])
    head = register.world.people["sales_head"]
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people["clerk"].id)
    assert set(Promise.objects.values_list("owner_id", flat=True)) == {head.id}
    handover.propose(
        actor=register.world.actor("sales_head"),
        leaver=register.world.people["clerk"].id,
        customers=None,
        successor=colleague.id,
        now=clock.now(),
    )
    handover.accept(actor=register.world.actor("colleague"), handovers=None, now=clock.now())
    owners = dict(Promise.objects.values_list("id", "owner_id"))
    assert owners.pop(joint.id) == head.id  # of a customer that nobody in particular answers for
    assert set(owners.values()) == {colleague.id}


@pytest.mark.django_db(transaction=True)
def test_closing_while_the_customer_changes_hands_does_both_once(
    register: Register, colleague: Staff
) -> None:
    promise, begin = promised(register), Barrier(2)

    def together(deed: object) -> None:
        try:
            begin.wait()
            deed()  # type: ignore[operator]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        for one in [
            pool.submit(together, lambda: keep(register, promise.id)),
            pool.submit(together, lambda: assign(register, colleague)),
        ]:
            one.result()
    promise.refresh_from_db()
    assert promise.state == "kept"
    told = stories(register)
    assert told.count("promise.kept") == 1
    passed = told.count("promise.passed")
    assert promise.owner_id == (colleague.id if passed else register.world.people["clerk"].id)


@pytest.mark.django_db(transaction=True)
def test_two_people_closing_it_at_once_close_it_once(register: Register) -> None:
    promise, begin = promised(register), Barrier(2)

    def together(who: str) -> str:
        try:
            begin.wait()
            keep(register, promise.id, who=who)
        except PromiseProblem as problem:
            return problem.code
        finally:
            connection.close()
        return "kept"

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(together, ["clerk", "sales_head"]))
    assert answers == ["kept", "promise.closed-already"]
    assert stories(register).count("promise.kept") == 1
