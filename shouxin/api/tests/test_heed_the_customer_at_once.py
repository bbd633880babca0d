"""What a customer withdraws, restricts or refuses holds at once: within a running batch read, in what is queued to be
sent, for every role; what the law keeps going is named to them with its article."""

import os
from collections.abc import Callable
from threading import Thread
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from shouxin.access.clients.door import come_in
from shouxin.api.tests.conftest import Make
from shouxin.core.policy import Action, customer_actor
from shouxin.customers.consents import services as consents
from shouxin.customers.consents.models import Consent, Decision, RefusalKind
from shouxin.customers.messages import sending
from shouxin.customers.messages.models import Kind, Outcome
from shouxin.customers.messages.tests.cast import NOON, agree, approved, caught, with_mail, withdraw
from shouxin.customers.registry import restricting
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.lots import open_lots
from shouxin.journal.queries import of_events
from shouxin.kit import clock, ids
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from tests.register import SALES, Register

MARKETING = "marketing"
MANY = int(os.environ.get("SHOUXIN_BATCH", "1500"))  # 10,000 takes a minute on a busy machine


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
    row, given = (
        Customer.objects.get(id=register[name]),
        Consent.objects.get(customer=register[name], kind="general"),
    )
    decision = given.decision
    customers, decisions, standing = [], [], []
    for _number in range(count):
        one = ids.new()
        customers.append(
            Customer(
                id=one,
                kind=row.kind,
                owner_department_id=row.owner_department_id,
                scope=row.scope,
                created_by=row.created_by,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
        )
        same = {"customer_id": one, "purpose": given.purpose, "kind": given.kind, "fields": given.fields}
        said = Decision(
            id=ids.new(),
            decided=decision.decided,
            shown_id=decision.shown_id,
            channel=decision.channel,
            operator=one,
            entry=decision.entry,
            at=decision.at,
            **same,
        )
        decisions.append(said)
        standing.append(Consent(id=ids.new(), state=given.state, decision=said, since=given.since, **same))
    Customer.objects.bulk_create(customers, batch_size=2500)
    Decision.objects.bulk_create(decisions, batch_size=2500)
    Consent.objects.bulk_create(standing, batch_size=2500)
    return [one.id for one in customers]


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


@pytest.mark.clause("A21.6")
@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_acts_inside_a_running_read_of_many(register: Register, program: Make) -> None:
    agree(register, "li")
    everybody = [*many_like(register, "li", MANY - 1), register["li"]]  # who withdraws is read last
    made = program(purposes=[MARKETING], readable=["mobile"], clear=[], writable=[])
    reader = come_in(token=made.token, address="127.0.0.1", now=clock.now()).actor
    batch = opened_by(reader, MARKETING, everybody, 500)
    _lot, first = next(batch)
    assert len(first.permit.customers) == 500
    elsewhere(lambda: withdraw(register, "li"))
    rest = list(batch)
    assert len(rest) == MANY // 500 - 1
    shown = [one for _lot, opened in rest for one in opened.permit.customers]
    assert set(shown) == set(everybody[500:-1])  # everybody else, and only they
    assert rest[-1][1].permit.refused[register["li"]].code == "consent.missing"
    # The journal says when the person withdrew, and in which entry of the running read they were left out first.
    (word,) = of_events(["consent.withdrawn"])
    left = of_events(["batch.left_out"])
    assert [line.data["left_out"] for line in left] == [{"consent_missing": 1}]
    assert left[0].at >= word.at


@pytest.mark.clause("A21.6")
@pytest.mark.django_db(transaction=True)
def test_restriction_and_objection_act_in_a_running_read_and_in_the_queue(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_mail(register, "li", "zhang")
    letters = caught(monkeypatch)
    message = approved(register, "li", "zhang", kind=Kind.SERVICE, purpose=SALES, terms="", proof=None)
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
    for who in ("clerk", "sales_head", "top_head", "officer"):
        with pytest.raises(gate.Refused):
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
    assert "第13条第1款第3项" in page or "第13条" in page
    refused = mine.post("/my/choices/legal_obligation/refuse/", {"kind": "objected"})
    assert refused.status_code == 422
    assert "第13条" in refused.content.decode()
