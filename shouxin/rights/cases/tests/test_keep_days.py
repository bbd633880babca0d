"""The days of a request: what may move them and until when, and who is told when they near their end."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.test import Client

from shouxin.core.policy import customer_actor
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people.notices.kinds import kinds
from shouxin.rights.cases import answering, outside, presenting, queries, rules, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Deed, Kind, Outcome, Pause, Requester, State
from shouxin.rights.cases.tests.cast import PNG, filed, in_hand
from tests.register import Register

pytestmark = pytest.mark.django_db


def taken(register: Register, place: str, now: datetime) -> Case:
    """A request of somebody who lives in `place`, in the clerk's hand."""
    Customer.objects.filter(id=register["li"]).update(jurisdiction=place)
    return services.take(
        actor=register.world.actor("clerk"), case=filed(register, Kind.KNOW).case.id, now=now
    )


def moment(row: Case, *, after: int) -> datetime:
    """So many days after the last day of the case, by the time of day it came."""
    return row.filed_at + timedelta(days=(row.stop_on - rules.local(row.filed_at)).days + after)


@pytest.mark.parametrize("place", ["CN", "EU", "US-CA"])
def test_only_a_period_that_still_runs_is_extended(register: Register, place: str) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = taken(register, place, now)
    with pytest.raises(CaseProblem, match="over"):
        services.extend(actor=clerk, case=row.id, why="complexity", now=moment(row, after=1))
    row.refresh_from_db()
    assert row.extended_at is None
    with pytest.raises(CaseProblem, match="reason"):
        services.extend(actor=clerk, case=row.id, why="busy", now=now)
    last = moment(row, after=0)
    longer = services.extend(actor=clerk, case=row.id, why="complexity", now=last)
    assert longer.due_on >= rules.local(last)
    assert longer.due_on > row.due_on
    assert longer.extension == "complexity"


def test_what_was_answered_and_opened_again_is_not_extended(register: Register) -> None:
    now = clock.now()
    row = taken(register, "EU", now)
    Case.objects.filter(id=row.id).update(first_answered_at=now, first_stop_on=row.stop_on)
    with pytest.raises(CaseProblem, match="reopened"):
        services.extend(actor=register.world.actor("clerk"), case=row.id, why="number", now=now)


def test_a_late_case_stays_late_and_is_offered_no_extension_and_no_pause(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = taken(register, "EU", now)
    browser = register.world.signed_in(Client(), "clerk")
    address = f"/rights/{row.id}/"
    page = browser.get(address).content.decode()
    assert f'action="{address}extend/"' in page
    assert f'action="{address}pause/"' in page
    over = rules.local(now) - timedelta(days=1)
    Case.objects.filter(id=row.id).update(due_on=over, stop_on=over)
    page = browser.get(address).content.decode()
    assert f'action="{address}extend/"' not in page
    assert f'action="{address}pause/"' not in page
    assert "最迟的日期已过" in page
    assert browser.post(f"{address}extend/", {"why": "number"}).status_code == 422
    with pytest.raises(CaseProblem, match="over"):
        services.pause(actor=clerk, case=row.id, why=Pause.PROOF, now=now)
    assert queries.late(register.world.actor("officer"), now).get() == row


def test_the_reason_of_an_extension_is_chosen_and_stands_on_the_page(register: Register) -> None:
    row = taken(register, "EU", clock.now())
    browser = register.world.signed_in(Client(), "clerk")
    address = f"/rights/{row.id}/"
    assert "请选择为什么需要更久" in browser.post(f"{address}extend/", {}).content.decode()
    page = browser.post(f"{address}extend/", {"why": "number"}, follow=True).content.decode()
    row.refresh_from_db()
    assert row.extension == "number"
    assert page.count("申请数量多") == 2  # among the facts, and in the story
    assert "已经延长过一次" in page


def test_an_inquiry_of_an_authority_is_not_extended(register: Register) -> None:
    Customer.objects.filter(id=register["li"]).update(jurisdiction="EU")
    clerk, now = register.world.actor("clerk"), clock.now()
    row = filed(register, Kind.INQUIRY, requester=Requester.AUTHORITY).case
    row = services.take(actor=clerk, case=row.id, now=now)
    with pytest.raises(CaseProblem, match="no-longer"):
        services.extend(actor=clerk, case=row.id, why="complexity", now=now)


def test_what_was_paused_after_its_day_stays_late(register: Register) -> None:
    """At home there are days between the target and the last day: a pause there makes nothing be in time."""
    clerk, officer, now = register.world.actor("clerk"), register.world.actor("officer"), clock.now()
    row = in_hand(register, Kind.COMPLAINT)
    late = now + timedelta(days=(row.due_on - rules.local(now)).days + 1)
    services.pause(actor=clerk, case=row.id, why=Pause.CLARIFY, now=late)
    assert queries.late(officer, late + timedelta(days=20)).get() == row
    other = in_hand(register, Kind.COMPLAINT)
    services.pause(actor=clerk, case=other.id, why=Pause.CLARIFY, now=now)
    assert other not in queries.late(officer, late + timedelta(days=20))


def told(kind: str, now: datetime) -> set[UUID]:
    """Who is told of something of this kind now."""
    return {who for who, _matter in kinds[f"rights.{kind}"].find(now)}


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> datetime:
    """From here on it is this moment."""
    monkeypatch.setattr(clock, "now", lambda: now)
    return now


def test_a_proof_that_was_waited_for_starts_the_clock_and_is_told(register: Register) -> None:
    world, now = register.world, clock.now()
    clerk, row = world.actor("clerk"), filed(register, Kind.ACCESS).case
    row = services.take(actor=clerk, case=row.id, now=now)
    services.pause(actor=clerk, case=row.id, why=Pause.PROOF, now=now)
    assert not told("handed_in", now)
    later = now + timedelta(days=7)
    outside.hand_in(actor=customer_actor(register["li"]), case=row.id, content=PNG, now=later)
    due = row.due_on
    row.refresh_from_db()
    assert (row.paused_at, row.pause) == (None, "")
    assert row.due_on >= due + timedelta(days=7)
    events = [line.event for line in timeline(register["li"])]
    assert events[:2] == ["rights.resumed", "rights.proof_kept"]
    assert told("handed_in", later) == {world.people["clerk"].id}
    services.pause(actor=clerk, case=row.id, why=Pause.PROOF, now=later + timedelta(hours=1))  # not enough
    assert not told("handed_in", later)
    last = later + timedelta(days=1)
    outside.hand_in(actor=customer_actor(register["li"]), case=row.id, content=PNG, now=last)
    assert told("handed_in", last) == {world.people["clerk"].id}
    looked = last + timedelta(hours=1)
    row = services.check(actor=clerk, case=row.id, method=Check.Method.DOCUMENT, now=looked)
    assert row.state == State.IDENTITY  # looked at, and not enough
    assert not told("handed_in", looked)


def test_a_proof_hands_nothing_over_to_a_clock_that_stands_for_something_else(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = services.take(actor=clerk, case=filed(register, Kind.ACCESS).case.id, now=now)
    services.pause(actor=clerk, case=row.id, why=Pause.CLARIFY, now=now)
    later = now + timedelta(days=1)
    outside.hand_in(actor=customer_actor(register["li"]), case=row.id, content=PNG, now=later)
    row.refresh_from_db()
    assert row.pause == Pause.CLARIFY
    assert told("handed_in", later) == {register.world.people["clerk"].id}


def test_a_proof_shown_to_staff_starts_the_clock_as_well(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = services.take(actor=clerk, case=filed(register, Kind.ACCESS).case.id, now=now)
    services.pause(actor=clerk, case=row.id, why=Pause.PROOF, now=now)
    later = now + timedelta(days=3)
    row = services.check(actor=clerk, case=row.id, method=Check.Method.IN_PERSON, now=later)
    assert (row.state, row.paused_at) == (State.HANDLING, None)


def test_a_clock_that_stands_for_long_is_told_of(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    world, now = register.world, clock.now()
    row = in_hand(register, Kind.COMPLAINT)
    services.pause(actor=world.actor("clerk"), case=row.id, why=Pause.CLARIFY, now=now)
    assert not told("paused", at(monkeypatch, now + timedelta(days=6)))
    found = list(kinds["rights.paused"].find(at(monkeypatch, now + timedelta(days=8))))
    assert {world.people[who].id for who in ("clerk", "sales_head", "officer")} <= {who for who, _m in found}
    assert len(found) == len({who for who, _matter in found})
    services.resume(actor=world.actor("clerk"), case=row.id, now=clock.now())
    assert not told("paused", clock.now())


def test_the_last_day_is_told_of_from_two_days_before(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, row = register.world, in_hand(register, Kind.COMPLAINT)
    assert row.stop_on > row.due_on
    assert not told("last_day", at(monkeypatch, moment(row, after=-3)))
    answering_for = {world.people[who].id for who in ("sales_head", "officer")}
    for after in (-2, 0, 5):
        now = at(monkeypatch, moment(row, after=after))
        assert answering_for <= told("last_day", now)
        assert world.people["clerk"].id not in told("last_day", now)
    page = world.signed_in(Client(), "officer").get("/rights/").content.decode()
    assert f"最迟 {row.stop_on:%Y-%m-%d}" in page
    monkeypatch.undo()
    assert (
        f"最迟 {row.stop_on:%Y-%m-%d}"
        not in world.signed_in(Client(), "officer").get("/rights/").content.decode()
    )


def locked(register: Register) -> Case:
    """A deletion that was answered and waits for the end of what it closed."""
    world, now = register.world, clock.now()
    row = in_hand(register, Kind.DELETE)
    answering.propose(actor=world.actor("clerk"), case=row.id, answer=Answer(Outcome.GRANTED), now=now)
    row = answering.approve(actor=world.actor("officer"), case=row.id, now=now)
    assert row.state == State.WATCHING
    assert row.deeds.filter(what=Deed.What.WAITING).exists()
    return row


def test_what_waits_for_its_deletion_is_not_late_for_an_answer(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, row = register.world, locked(register)
    officer = world.actor("officer")
    day = row.deeds.filter(what=Deed.What.WAITING).latest("until").until
    assert day is not None
    now = at(monkeypatch, moment(row, after=(day - row.stop_on).days))
    assert not queries.late(officer, now).exists()
    assert not told("late", now)
    assert not told("last_day", now)
    assert not told("undeleted", now)
    assert presenting.deadline(row, now) == {"due": None, "left": "", "kind": "muted"}
    browser = world.signed_in(Client(), "officer")
    assert row.number in browser.get("/rights/?show=watching").content.decode()
    assert row.number not in browser.get("/rights/?show=undeleted").content.decode()
    monkeypatch.undo()
    past = rules.local(clock.now()) - timedelta(days=1)
    row.deeds.filter(what=Deed.What.WAITING).update(until=past)
    page = browser.get("/rights/?show=undeleted").content.decode()
    assert row.number in page
    assert f"{past:%Y-%m-%d}" in page
    assert page.count("逾期未删除") >= 2  # the choice, and the row
    assert row.number not in browser.get("/rights/?show=late").content.decode()
    assert "删除的期限" in browser.get(f"/rights/{row.id}/").content.decode()
    assert world.people["officer"].id in told("undeleted", clock.now())
    row.deeds.filter(what=Deed.What.WAITING).update(what=Deed.What.HELD, until=None)
    assert not told("undeleted", clock.now())  # held for an authority


def test_an_answered_deletion_is_rated_while_it_waits(register: Register) -> None:
    world, row = register.world, locked(register)
    supervisor = world.people["supervisor"].id
    assert not told("dissatisfied", clock.now())
    rated = answering.rate(
        actor=customer_actor(register["li"]), case=row.id, score=1, now=clock.now(), remark="太慢了"
    )
    assert (rated.state, rated.score, rated.escalated) == (State.WATCHING, 1, True)
    assert rated.outcome == Outcome.GRANTED
    assert told("dissatisfied", clock.now()) == {supervisor}
    page = world.signed_in(Client(), "supervisor").get(f"/rights/{row.id}/").content.decode()
    assert "太慢了" in page
    with pytest.raises(CaseProblem, match="rated"):
        answering.rate(actor=customer_actor(register["li"]), case=row.id, score=5, now=clock.now())
