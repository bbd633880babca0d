"""No action without an entry, no entry without an action: a working day is counted against its journal."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from shouxin.core.policy import Action
from shouxin.customers.intake.tests import cast as imports
from shouxin.customers.registry import listing, queries, services
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.rules import Kept
from shouxin.customers.registry.search import search
from shouxin.gate import services as gate
from shouxin.journal import services as journal
from shouxin.journal.models import Entry
from shouxin.kit import clock
from tests.register import FOOTING, PHONE, SALES, Register, grant

pytestmark = pytest.mark.django_db(transaction=True)

FILE = (
    "客户编号,姓名,手机号码\n"
    "A-1,王小红,13612345678\n"
    "A-2,赵大海,13687654321\n"
    "A-2,赵大海,13687654321\n"
    ",,13600001111\n"
).encode()


def page(register: Register) -> None:
    listing.page(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        filters=queries.Filters(),
        now=clock.now(),
        digest="",
    )


def find(register: Register) -> None:
    search(actor=register.world.actor("clerk"), purpose=SALES, term=PHONE, now=clock.now())


def contact(register: Register) -> None:
    gate.open_contact(
        actor=register.world.actor("clerk"),
        customer=register["li"],
        purpose=SALES,
        reason_class="order",
        note="",
        now=clock.now(),
    )


def reveal(register: Register) -> None:
    gate.open_sealed(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        customers=[register["li"]],
        fields=["mobile"],
        action=Action.REVEAL,
        reason="order",
        now=clock.now(),
    )


def be_refused(register: Register) -> None:
    with pytest.raises(gate.Refused):
        gate.open_sealed(
            actor=register.world.actor("agent"),
            purpose=SALES,
            customers=[register["li"]],
            fields=["mobile"],
            action=Action.REVEAL,
            reason="order",
            now=clock.now(),
        )


def change(register: Register) -> None:
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=Customer.objects.get(id=register["li"]).revision,
        values={"wechat_id": Kept("xm_li", 1)},
        now=clock.now(),
    )


def take_in_file(register: Register) -> None:
    batch = imports.imported(register, FILE, "customers.csv")
    assert (batch.created_count, batch.dropped_count, batch.refused_count) == (2, 1, 1)


# Every act of the day with the entries it must leave: neither more nor fewer.
DAY: list[tuple[Callable[[Register], None], Counter[str]]] = [
    (page, Counter({"list.viewed": 1})),
    (find, Counter({"maintenance.opened": 1, "list.searched": 1})),
    (contact, Counter({"contact.opened": 1})),
    (reveal, Counter({"field.revealed": 1})),
    (reveal, Counter({"field.revealed": 1})),
    (be_refused, Counter({"read.refused": 1})),
    (change, Counter({"customer.changed": 1})),
    (
        take_in_file,
        Counter(
            {
                "batch.uploaded": 1,
                "batch.declared": 1,
                "batch.checked": 1,
                "batch.started": 1,
                "customer.created": 2,  # one for each customer touched, however many its rows
                "batch.imported": 1,
            }
        ),
    ),
]


@pytest.mark.clause("C8.1")
def test_a_day_leaves_exactly_its_entries(register: Register) -> None:
    grant(register)
    for act, expected in DAY:
        before = set(Entry.objects.values_list("id", flat=True))
        act(register)
        written = Counter(Entry.objects.exclude(id__in=before).values_list("event", flat=True))
        assert written == expected, act.__name__


class JournalGone(Exception):
    """What the test lets the journal say."""


@pytest.fixture
def journal_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise JournalGone

    for name in ("append", "append_at_once", "append_many", "beside"):
        monkeypatch.setattr(journal, name, fail)


@pytest.mark.clause("C8.1")
@pytest.mark.parametrize("act", [page, find, contact, reveal, change])
def test_what_cannot_be_recorded_does_not_happen(
    register: Register, act: Callable[[Register], None], request: pytest.FixtureRequest
) -> None:
    grant(register)
    contact(register)
    customer = Customer.objects.get(id=register["li"])
    entries = Entry.objects.count()
    request.getfixturevalue("journal_fails")
    with pytest.raises(JournalGone):
        act(register)
    assert Entry.objects.count() == entries
    assert Customer.objects.get(id=register["li"]).revision == customer.revision


@pytest.mark.clause("C8.1")
def test_what_does_not_happen_is_not_recorded(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = Entry.objects.count()

    def fail(*_: Any, **__: Any) -> None:
        raise JournalGone

    monkeypatch.setattr(services, "update", fail)
    with pytest.raises(JournalGone):
        change(register)
    assert Entry.objects.count() == entries
