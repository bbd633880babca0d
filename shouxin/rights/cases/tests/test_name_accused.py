"""A complaint says which department it is about before it is answered; nobody of that department has a hand in it."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.kit import clock
from shouxin.rights.cases import accusing, answering, presenting, queries, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import SAID, filed, in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db


def test_whoever_is_complained_about_is_named_and_has_it_no_more(register: Register) -> None:
    """Whoever complains at their own door names no department: by itself it would be for the one they complain of."""
    world, now, me = register.world, clock.now(), customer_actor(register["li"])
    asked = services.Asked(Kind.COMPLAINT, Channel.PORTAL, Words(SAID), register["li"])
    row = services.file(actor=me, asked=asked, now=now).case
    clerk, sales = world.actor("clerk"), world.departments["sales"]
    services.take(actor=clerk, case=row.id, now=now)
    said = Answer(Outcome.REFUSED, "unfounded", "已核实，未发现所述情况。")
    with pytest.raises(CaseProblem, match=r"accused\.missing"):
        answering.propose(actor=clerk, case=row.id, answer=said, now=now)
    for department in (uuid4(), world.departments["top"].id):
        with pytest.raises(CaseProblem, match=r"accused\.unsuitable"):
            accusing.name(actor=clerk, case=row.id, department=department)
    client = world.signed_in(Client(), "clerk")
    assert client.post(f"/rights/{row.id}/accuse/", {"department": ""}).status_code == 422
    client.post(f"/rights/{row.id}/accuse/", {"department": "none"})
    page = client.get(f"/rights/{row.id}/").content.decode()
    assert "更改投诉针对的部门" not in page
    answering.propose(actor=clerk, case=row.id, answer=said, now=now)
    # What sales says is about nobody, sales alone does not close.
    assert not queries.awaiting(world.actor("sales_head")).exists()
    with pytest.raises(CaseProblem, match="among-themselves"):
        answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    assert queries.awaiting(world.actor("officer")).get() == row
    accusing.name(actor=world.actor("officer"), case=row.id, department=sales.id)
    row.refresh_from_db()
    assert (row.state, row.handler, row.outcome) == (State.HANDLING, None, "")
    for who in ("clerk", "sales_head"):
        assert not queries.to_take(world.actor(who)).exists()
        with pytest.raises(CaseProblem, match=r"case\.accused"):
            services.take(actor=world.actor(who), case=row.id, now=now)
        with pytest.raises(CaseProblem, match=r"case\.accused"):
            accusing.name(actor=world.actor(who), case=row.id, department=None)
    services.take(actor=world.actor("officer"), case=row.id, now=now)
    answering.propose(actor=world.actor("officer"), case=row.id, answer=said, now=now)
    assert answering.approve(actor=world.actor("top_head"), case=row.id, now=now).state == State.ANSWERED
    told = [line["text"] for line in presenting.history(row)]
    assert f"写明投诉针对的部门：{sales.name}" in told
    assert "写明投诉针对的部门：不针对任何部门" in told


def test_what_was_named_only_those_who_decide_change(register: Register) -> None:
    world = register.world
    row = filed(register, Kind.COMPLAINT, accused=world.departments["service"].id).case
    services.take(actor=world.actor("clerk"), case=row.id, now=clock.now())
    with pytest.raises(CaseProblem, match=r"accused\.named"):
        accusing.name(actor=world.actor("clerk"), case=row.id, department=None)
    moved = accusing.name(
        actor=world.actor("sales_head"), case=row.id, department=world.departments["marketing"].id
    )
    assert (moved.accused, moved.handler) == (world.departments["marketing"], world.people["clerk"])
    other = in_hand(register, Kind.KNOW)
    with pytest.raises(CaseProblem, match=r"case\.step"):
        accusing.name(actor=world.actor("clerk"), case=other.id, department=None)
    for change in ({"accused_named": False}, {"kind": "know"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(id=row.id).update(**change)
