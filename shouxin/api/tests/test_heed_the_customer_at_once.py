"""What a customer withdraws, restricts or refuses holds at once: within a running batch read, in what is queued to be
sent, for every role; what the law keeps going is named to them with its article."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import Model
from django.test import Client

from shouxin.access.clients.door import come_in
from shouxin.api.tests.conftest import Make
from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Channel, Consent, Decision, RefusalKind
from shouxin.customers.consents.services import How
from shouxin.customers.messages import sending
from shouxin.customers.messages.models import Outcome
from shouxin.customers.messages.tests.cast import NOON, NOTICE, agree, approved, caught, with_mail
from shouxin.customers.registry import restricting
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.lots import open_lots
from shouxin.journal.queries import of_events
from shouxin.kit import clock, ids
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from tests.register import SALES, Register

MARKETING = "marketing"
MANY, LOT = 10_000, 500
EVERY = 37  # of those who are still to be read one in so many withdraws meanwhile


def elsewhere(act: Callable[[], Any]) -> None:
    """In a second connection, committed before the first goes on."""

    def run() -> None:
        act()
        connection.close()

    other = Thread(target=run)
    other.start()
    other.join()


def many_like(register: Register, name: str, count: int) -> list[UUID]:
    """So many customers beside one, each with a consent like theirs; nothing is kept about them that could be shown."""
    given = Consent.objects.get(customer=register[name], kind="general")
    customers, decisions = [ids.new() for _ in range(count)], [ids.new() for _ in range(count)]
    bare = {"public_values": "'{}'", "search_parts": "'{}'", "jurisdiction_signs": "'{}'", "revision": "1"}
    copied(Customer, register[name], customers, customers, decisions, {"id": "made.customer", **bare})
    said = {"id": "made.decision", "customer_id": "made.customer", "operator": "made.customer"}
    copied(Decision, given.decision_id, customers, customers, decisions, said)
    stands = {"id": "made.consent", "customer_id": "made.customer", "decision_id": "made.decision"}
    copied(Consent, given.id, [ids.new() for _ in customers], customers, decisions, stands)
    return customers


def copied(
    model: type[Model],
    row: UUID,
    consents: list[UUID],
    customers: list[UUID],
    decisions: list[UUID],
    other: dict[str, str],
) -> None:
    """One row as many times as there are customers, but for these columns; thirty thousand objects take too long."""
    columns = [field.column for field in model._meta.concrete_fields]
    table = model._meta.db_table
    taken = ", ".join(other.get(str(column), f'row."{column}"') for column in columns)
    into = ", ".join(f'"{column}"' for column in columns)
    made = "unnest(%s::uuid[], %s::uuid[], %s::uuid[]) AS made (consent, customer, decision)"
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{table}" ({into}) SELECT {taken} FROM "{table}" AS row, {made} WHERE row.id = %s',
            [consents, customers, decisions, row],
        )


def opened_by(
    actor: Any, purpose: str, customers: list[UUID], most: int, action: Action = Action.READ
) -> Any:
    return open_lots(
        actor=actor,
        purpose=purpose,
        customers=customers,
        fields=["mobile"],
        action=action,
        reason="delivery" if action is Action.READ else "",
        now=clock.now(),
        most=most,
    )


class Leaving:
    """People who withdraw one after another beside everything else, and when each withdrawal was committed."""

    def __init__(self, register: Register, others: Sequence[UUID]) -> None:
        self.register, self.others = register, others
        self.gone: dict[UUID, float] = {}
        self.first, self.enough = Event(), Event()
        self._thread = ThreadPoolExecutor(1)
        self._end = self._thread.submit(self._run)

    def _run(self) -> None:
        try:
            self._leave(self.register["li"])
            self.first.set()
            for one in self.others:
                if self.enough.is_set():
                    break
                self._leave(one)
        finally:
            self.first.set()
            connection.close()

    def _leave(self, one: UUID) -> None:
        how = How(Channel.PORTAL)
        consents.withdraw(
            actor=customer_actor(one), customer=one, purpose=MARKETING, how=how, now=clock.now()
        )
        self.gone[one] = time.monotonic()

    def end(self) -> dict[UUID, float]:
        self.enough.set()
        self._end.result()
        self._thread.shutdown()
        return self.gone


@pytest.mark.clause("A21.6")
@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_acts_inside_a_running_read_of_ten_thousand(register: Register, program: Make) -> None:
    """While the read runs, people withdraw beside it: whoever had done so when a lot was begun is not in it."""
    agree(register, "li")
    everybody = [*many_like(register, "li", MANY - 1), register["li"]]  # who withdraws first is read last
    made = program(purposes=[MARKETING], readable=["mobile"], clear=[], writable=[])
    reader = come_in(token=made.token, address="127.0.0.1", now=clock.now()).actor
    batch = opened_by(reader, MARKETING, everybody, LOT)
    _lot, first = next(batch)
    assert len(first.permit.customers) == LOT
    leaving = Leaving(register, everybody[-2:LOT:-EVERY])
    assert leaving.first.wait(60)
    rest = []
    for _number in range(MANY // LOT - 1):
        begun = time.monotonic()
        rest.append((begun, *next(batch)))
    gone = leaving.end()
    assert next(batch, None) is None
    for begun, lot, opened in rest:
        shown = set(opened.permit.customers)
        assert not shown & {one for one, at in gone.items() if at < begun}
        assert set(lot) - shown == set(opened.permit.refused) <= set(gone)  # everybody else, and only they
        assert {refusal.code for refusal in opened.permit.refused.values()} <= {"consent.missing"}
    assert register["li"] in rest[-1][2].permit.refused
    assert len(gone) > 1  # they did withdraw beside it
    # The journal says when the person withdrew, and in which entries of the running read how many were left out.
    left = of_events(["batch.left_out"], limit=MANY // LOT)
    assert sum(line.data["left_out"]["consent_missing"] for line in left) == sum(
        len(opened.permit.refused) for _begun, _lot, opened in rest
    )
    word = next(
        line for line in of_events(["consent.withdrawn"], limit=len(gone)) if line.customer == register["li"]
    )
    assert all(line.at >= word.at for line in left)


@pytest.mark.clause("A21.6")
@pytest.mark.django_db(transaction=True)
def test_restriction_and_objection_act_in_a_running_read_and_in_the_queue(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li", "zhang")
    letters = caught(monkeypatch)
    message = approved(register, "li", "zhang", **NOTICE)
    everybody = [register[one] for one in ("huaxin", "li", "zhang")]
    clerk = register.world.actor("clerk")
    batch = opened_by(clerk, SALES, everybody, 2, Action.VIEW)
    _lot, first = next(batch)
    assert set(first.permit.customers) == {register["huaxin"]}
    me = customer_actor(register["li"])
    elsewhere(
        lambda: (
            consents.refuse_purpose(
                actor=me, customer=me.id, purpose=SALES, kind=RefusalKind.OBJECTED, now=clock.now()
            ),
            restricting.restrict(
                actor=register.world.actor("sales_head"),
                customers=[register["zhang"]],
                reason="own_request",
                now=clock.now(),
            ),
        )
    )
    ((_lot, second),) = batch
    assert not isinstance(second, gate.Refused)
    assert not second.permit.customers  # of the two that were left, neither may be read any more
    assert second.permit.refused[register["zhang"]].code == "customer.restricted"
    for who in ("clerk", "sales_head", "top_head"):
        with pytest.raises(gate.Refused, match=r"purpose\.refused"):
            gate.open_sealed(
                actor=register.world.actor(who),
                purpose=SALES,
                customers=[register["li"]],
                fields=["mobile"],
                action=Action.VIEW,
                reason="",
                now=clock.now(),
            )
    sending.work(message=message.id, now_is=lambda: NOON, lot=10)
    assert letters == []  # both were queued, and neither is sent to
    assert {row.outcome for row in message.recipients.all()} == {Outcome.LEFT_OUT}
    mine: Client = browser(register)
    page = mine.get("/my/choices/").content.decode()
    assert "法律要求继续" in page
    assert "第13条第1款第3项" in page
    refused = mine.post("/my/choices/legal_obligation/refuse/", {"kind": "objected"})
    assert refused.status_code == 422
    assert "第13条" in refused.content.decode()
