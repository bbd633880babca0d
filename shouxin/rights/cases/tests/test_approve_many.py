"""Many answers approved at once: typed, in the background, none that changed meanwhile; and the numbers after it."""

import pytest
from django.test import Client

from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.rights.cases import answering, rounds, statistics
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Kind, Outcome, Round, State
from shouxin.rights.cases.tests.cast import in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db
MANY = 500
NO = Answer(Outcome.REFUSED, "others")


def test_what_waits_is_approved_in_the_background_as_it_was_seen(register: Register) -> None:
    clerk, head = register.world.actor("clerk"), Client()
    register.world.signed_in(head, "sales_head")
    rows = [in_hand(register, Kind.CORRECT) for _n in range(3)]
    for row in rows:
        answering.propose(actor=clerk, case=row.id, answer=NO, now=clock.now())
    assert "3 件等待您审批" in head.get("/rights/approve/").content.decode()
    head.post("/rights/approve/", {"typed": "2"})
    assert not Round.objects.exists()
    head.post("/rights/approve/", {"typed": "3"})
    made = Round.objects.get()
    back = answering.send_back(actor=register.world.actor("officer"), case=rows[0].id)
    answering.propose(actor=clerk, case=back.id, answer=Answer(Outcome.REFUSED, "accurate"), now=clock.now())
    steps = iter([False, True])
    assert not rounds.go_on(asked=made.id, stop=lambda: next(steps))
    assert rounds.go_on(asked=made.id)
    assert statistics.of_round(made) == {"done": 2, "failed": 1, "handled": 3}
    assert Case.objects.filter(state=State.ANSWERED).count() == 2
    page = head.get(f"/rights/approve/{made.id}/").content.decode()
    assert "已批准 2 件，未批准 1 件" in page
    assert "改过" in page
    numbers = statistics.year(register.world.actor("officer"), clock.now())
    (line,) = numbers["rows"]
    assert (line["filed"], line["open"], line["refused"], line["granted"]) == (3, 1, 2, 0)
    assert [number for _text, number in numbers["reasons"]] == [2]
    assert "会损害他人的合法权益" in head.get("/rights/statistics/").content.decode()


def test_five_hundred_are_approved_at_once_with_their_progress(register: Register) -> None:
    """Cut off on the way, gone on with, and none decided twice."""
    clerk, head, now = register.world.actor("clerk"), Client(), clock.now()
    register.world.signed_in(head, "sales_head")
    for _n in range(MANY):
        row = in_hand(register, Kind.CORRECT)
        answering.propose(actor=clerk, case=row.id, answer=NO, now=now)
    assert "/rights/approve/" in head.get("/rights/?show=awaiting", follow=True).content.decode()
    assert f"{MANY} 件等待您审批" in head.get("/rights/approve/").content.decode()
    head.post("/rights/approve/", {"typed": str(MANY)})
    made, steps = Round.objects.get(), iter([False] * 10 + [True])
    assert not rounds.go_on(asked=made.id, stop=lambda: next(steps))
    page = head.get(f"/rights/approve/{made.id}/").content.decode()
    assert f"10 / {MANY}" in page
    assert rounds.go_on(asked=made.id)
    assert rounds.go_on(asked=made.id)
    assert statistics.of_round(made) == {"done": MANY, "failed": 0, "handled": MANY}
    assert (
        Case.objects.filter(state=State.ANSWERED, decided_by=register.world.people["sales_head"]).count()
        == MANY
    )
    assert Entry.objects.filter(event="rights.answered").count() == MANY
    assert f"已批准 {MANY} 件" in head.get(f"/rights/approve/{made.id}/").content.decode()
