"""A cancelled account opens nothing from the answer on: not to who is in, not by an invitation, not by a code."""

import pytest
from django.test import Client

from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.portal.entering import invitations, services
from shouxin.portal.entering.errors import EntryProblem
from shouxin.portal.entering.models import Invitation, Session, Way
from shouxin.portal.entering.tests.conftest import LAST_OF_ID, Post, ask
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Check, Kind, Outcome, Requester
from shouxin.rights.cases.tests.cast import in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db


def answered(register: Register, answer: Answer) -> None:
    case = in_hand(register, Kind.CANCEL)
    answering.propose(actor=register.world.actor("clerk"), case=case.id, answer=answer, now=clock.now())
    answering.approve(actor=register.world.actor("sales_head"), case=case.id, now=clock.now())


def test_a_cancelled_account_is_closed_with_the_answer(inside: Client, known: Register, post: Post) -> None:
    made = invitations.make(actor=known.world.actor("clerk"), customer=known["li"], now=clock.now())
    services.begin(known["zhang"], Way.INVITATION, clock.now())
    late = Client()
    ask(late)
    answered(known, Answer(Outcome.GRANTED))
    assert inside.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    assert late.post("/my/code/", {"code": post.code}).status_code == 422  # sent before, typed after
    assert [one.customer_id for one in Session.objects.filter(ended_at=None)] == [known["zhang"]]
    with pytest.raises(EntryProblem, match="invitation"):
        invitations.use(code=made.code, typed=LAST_OF_ID, address="", now=clock.now())
    with pytest.raises(EntryProblem, match=r"account\.closed"):
        invitations.make(actor=known.world.actor("clerk"), customer=known["li"], now=clock.now())
    letters = len(post.letters)
    ask(Client())
    assert len(post.letters) == letters
    assert "portal.account_closed" in [line.event for line in timeline(known["li"], limit=10)]


def test_the_phone_of_the_deceased_opens_nothing_once_their_death_is_proved(
    inside: Client, known: Register, post: Post
) -> None:
    actor, head, now = known.world.actor("clerk"), known.world.actor("officer"), clock.now()
    case = in_hand(known, Kind.DECEASED, requester=Requester.RELATIVE, wish="correct")
    for method in (Check.Method.DEATH, Check.Method.KINSHIP):
        cases.check(actor=actor, case=case.id, method=method, now=now)
    assert inside.get("/my/").status_code == 200
    answering.propose(
        actor=actor, case=case.id, answer=Answer(Outcome.GRANTED, text="姓名已更正。", stated=True), now=now
    )
    answering.approve(actor=head, case=case.id, now=now)
    assert inside.get("/my/").url == "/my/sign-in/"  # type: ignore[attr-defined]
    letters = len(post.letters)
    ask(Client())
    assert len(post.letters) == letters
    assert "portal.deceased_closed" in [line.event for line in timeline(known["li"], limit=10)]


def test_what_was_not_granted_closes_nothing(inside: Client, known: Register) -> None:
    invitations.make(actor=known.world.actor("clerk"), customer=known["li"], now=clock.now())
    answered(known, Answer(Outcome.REFUSED, "excessive"))
    assert inside.get("/my/").status_code == 200
    assert Invitation.objects.filter(ended_at=None).exists()
