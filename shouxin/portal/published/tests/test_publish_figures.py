"""Anybody reads how requests were answered and what was disclosed, as the records count it; nobody can write it."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.journal import services as journal
from shouxin.journal.queries import counts_since, of_events
from shouxin.kit import clock
from shouxin.portal.published import figures
from shouxin.rights.cases import answering
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.models import Case, Kind, Outcome, Requester, State
from shouxin.rights.cases.tests.cast import filed, in_hand
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db
PAGE, STAFF = "/my/figures/", "/portal/figures/"


@pytest.fixture(autouse=True)
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look counts anew."""
    monkeypatch.setattr(figures, "FRESH", timedelta(0))


def revealed(register: Register, times: int) -> None:
    with transaction.atomic():
        data = {"purpose": SALES, "fields": ["mobile"], "reason": "order", "grants": []}
        rows = [(register["li"], data)] * times
        journal.append_many(actor=register.world.actor("clerk"), event="field.revealed", rows=rows)


def overdue(register: Register, name: str, kind: Kind) -> None:
    by_whom = {"requester": Requester.AUTHORITY} if kind == Kind.INQUIRY else {}
    case = filed(register, kind, customer=name, **by_whom).case
    Case.objects.filter(id=case.id).update(
        due_on=clock.today(clock.now()) - timedelta(days=9),
        stop_on=clock.today(clock.now()) - timedelta(days=1),
    )


def test_the_page_says_what_the_records_count(register: Register, client: Client) -> None:
    revealed(register, 7)
    overdue(register, "li", Kind.KNOW)
    overdue(register, "li", Kind.INQUIRY)
    page = client.get(PAGE).content.decode()
    now = clock.now()
    stored = sum(counts_since(["field.revealed"], now - figures.YEAR).values())
    assert stored >= 7
    assert f'<dt>工作人员看到全文</dt><dd class="my-text">{stored}</dd>' in page
    assert clock.today(now).isoformat() in page
    found = figures.counted(now)
    assert (found.due, found.in_time) == (1, 0), "an authority's inquiry is not among them"
    assert '<dt>其中超过法定期限</dt><dd class="my-text">不足 5</dd>' in page
    assert "Seen in full by staff" in client.get(PAGE, headers={"accept-language": "en"}).content.decode()
    assert client.post(PAGE).status_code == 405


def test_what_was_answered_before_its_day_is_in_time_and_what_came_after_it_late(register: Register) -> None:
    now = clock.now()
    for name in ("li", "zhang"):
        row = in_hand(register, Kind.EXPLAIN_RULES, customer=name)
        said = Answer(Outcome.GRANTED, "", "规则如下。")
        row = answering.propose(actor=register.world.actor("clerk"), case=row.id, answer=said, now=now)
        if row.state == State.DECIDING:
            answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    found = figures.counted(now)
    assert (found.due, found.in_time) == (2, 2)
    before = clock.today(now) - timedelta(days=1)
    Case.objects.filter(customer_id=register["zhang"]).update(first_stop_on=before)
    found = figures.counted(now)
    assert (found.due, found.in_time) == (2, 1)
    later = figures.counted(now + figures.YEAR + timedelta(days=1))
    assert (later.due, later.in_time) == (0, 0)


def test_a_request_answered_late_does_not_become_in_time_by_being_opened_again(register: Register) -> None:
    now, clerk = clock.now(), register.world.actor("clerk")
    row = in_hand(register, Kind.COMPLAINT)
    past = clock.today(now) - timedelta(days=1)
    Case.objects.filter(id=row.id).update(due_on=past, stop_on=past)
    said = Answer(Outcome.GRANTED, "", "属实，已致歉。")
    answering.propose(actor=clerk, case=row.id, answer=said, now=now)
    answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    assert (figures.counted(now).due, figures.counted(now).in_time) == (1, 0)
    row = answering.rate(actor=customer_actor(register["li"]), case=row.id, score=1, now=now)
    assert row.stop_on > clock.today(now)
    assert (figures.counted(now).due, figures.counted(now).in_time) == (1, 0)
    supervisor = register.world.actor("supervisor")
    cases.take(actor=supervisor, case=row.id, now=now)
    row = answering.propose(actor=supervisor, case=row.id, answer=said, now=now)
    assert row.state == State.ANSWERED
    assert (figures.counted(now).due, figures.counted(now).in_time) == (1, 0)


def test_a_request_answered_in_time_and_opened_again_stays_in_time_until_that_is_late(
    register: Register,
) -> None:
    now, clerk = clock.now(), register.world.actor("clerk")
    row = in_hand(register, Kind.COMPLAINT)
    answering.propose(actor=clerk, case=row.id, answer=Answer(Outcome.GRANTED, "", "已致歉。"), now=now)
    answering.approve(actor=register.world.actor("officer"), case=row.id, now=now)
    answering.rate(actor=customer_actor(register["li"]), case=row.id, score=1, now=now)
    assert (figures.counted(now).due, figures.counted(now).in_time) == (1, 1)
    later = figures.counted(now + timedelta(days=60))
    assert (later.due, later.in_time) == (1, 0)


@pytest.mark.parametrize(
    ("number", "whole", "said"),
    [
        (0, 0, "0"),
        (2, 3, "不足 5"),
        (20, 20, "20"),
        (18, 20, "多于 15"),  # two late ones could be worked out
        (2, 20, "不足 5"),
        (10, 20, "10"),
    ],
)
def test_few_are_neither_told_nor_worked_out(number: int, whole: int, said: str) -> None:
    assert figures.part(number, whole, 5).zh == said


def test_it_is_switched_off_only_with_a_reason_that_is_kept(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk")
    assert client.get(STAFF).status_code in {302, 403, 404}
    register.world.signed_in(client, "officer")
    assert client.post(STAFF, {"reason": "  "}).status_code == 422
    assert "工作人员看到全文" in Client().get(PAGE).content.decode()
    assert client.post(STAFF, {"reason": "统计口径正在核对"}).status_code == 302
    page = Client().get(PAGE).content.decode()
    assert "统计口径正在核对" in page
    assert "工作人员看到全文" not in page
    assert "统计口径正在核对" in client.get(STAFF).content.decode()
    client.post(STAFF)
    assert "工作人员看到全文" in Client().get(PAGE).content.decode()
    told = [line.event for line in of_events(["portal.figures_hidden", "portal.figures_shown"])]
    assert told == ["portal.figures_shown", "portal.figures_hidden"]
    assert "统计口径正在核对" in client.get(STAFF).content.decode()
