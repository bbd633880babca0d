"""A request from the counter to the answer: who may do what, by which day, and what the database refuses."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shouxin.core.policy import NotAllowed, customer_actor
from shouxin.customers.registry import services as registry
from shouxin.customers.registry.entries import Footing
from shouxin.customers.registry.models import Channel as Door
from shouxin.customers.registry.models import Customer, Method
from shouxin.journal.queries import of_events, timeline
from shouxin.kit import clock
from shouxin.rights.cases import answering, queries, rules, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Kind, Outcome, Pause, Requester, State
from shouxin.rights.cases.services import Asked
from shouxin.rights.cases.tests.cast import SAID, filed, in_hand
from shouxin.rulebook.purposes.services import revise_purpose
from tests.register import SALES, Register, kept

pytestmark = pytest.mark.django_db
REFUSED = Answer(Outcome.REFUSED, rules.UNKNOWN)


def raw() -> bytes:
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(c::text, '|') FROM rights_case c")
        return str(cursor.fetchone()[0]).encode()


def test_a_request_is_taken_down_sealed_with_its_days_and_a_code(register: Register) -> None:
    done = filed(register, Kind.ACCESS)
    row = Case.objects.get(id=done.case.id)
    assert (row.state, row.grade, row.level) == (State.RECEIVED, 4, rules.STRONG)
    today = rules.local(clock.now())
    assert row.due_on == rules.Period(15, "working day").after(today)
    assert row.stop_on == today + timedelta(days=30)
    for secret in ("13812345678", "李小明", "li@example.cn", done.code, done.code.replace("-", "")):
        assert secret.encode() not in raw()
        assert secret.encode().hex().encode() not in raw()
    assert queries.by_code(row.number, done.code) == row
    assert queries.by_code(row.number, done.code.lower()) == row
    assert queries.by_code(row.number, done.code[:-1] + "2") is None or done.code.endswith("2")
    assert queries.by_code("QX00000000000", done.code) is None
    clerk = register.world.actor("clerk")
    assert services.read(actor=clerk, case=row).text == SAID
    assert [line.event for line in timeline(register["li"])][:2] == ["rights.read", "rights.filed"]


def test_days_follow_the_person_and_their_age(register: Register) -> None:
    Customer.objects.filter(id=register["li"]).update(jurisdiction="US-CA")
    today = rules.local(clock.now())
    assert filed(register, Kind.KNOW).case.due_on == today + timedelta(days=45)
    clerk, late = register.world.actor("clerk"), filed(register, Kind.COPY, customer=None).case
    assert late.due_on < today + timedelta(days=45)
    services.take(actor=clerk, case=late.id, now=clock.now())
    found = services.match(actor=clerk, case=late.id, customer=register["li"], now=clock.now())
    assert (found.jurisdiction, found.due_on) == ("US-CA", today + timedelta(days=45))
    child = filed(register, Kind.EXPLAIN_RULES, minor=True, requester=Requester.GUARDIAN).case
    assert child.stop_on == rules.CHILD.after(today)
    row = services.take(actor=register.world.actor("clerk"), case=child.id, now=clock.now())
    with pytest.raises(CaseProblem, match="no-longer"):
        services.extend(actor=register.world.actor("clerk"), case=row.id, why="number", now=clock.now())


def born(register: Register, name: str, day: date) -> None:
    """Staff write down when this customer was born."""
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=Footing("leasing", Door.SALES, Method.HAND),
        customer=register[name],
        revision=Customer.objects.get(id=register[name]).revision,
        values=kept({"birth_date": day.isoformat()}),
        now=clock.now(),
    )


def test_a_birth_date_on_file_makes_the_days_of_a_child(register: Register) -> None:
    """Nobody has to tick what the file knows: at the counter, at the child's own door, and once somebody is found."""
    now, today, clerk = clock.now(), rules.local(clock.now()), register.world.actor("clerk")
    born(register, "zhang", date(today.year - 10, 1, 1))
    last = rules.CHILD.after(today)
    at_counter = filed(register, Kind.COPY, customer="zhang").case
    assert (at_counter.minor, at_counter.stop_on) == (True, last)
    told = of_events(["maintenance.opened"])[0]
    assert (told.data["reason"], told.data["fields"]) == ("request_days", ["birth_date", "id_number"])
    asked = Asked(Kind.KNOW, Channel.PORTAL, Words(SAID), register["zhang"])
    own = services.file(actor=customer_actor(register["zhang"]), asked=asked, now=now).case
    assert (own.minor, own.stop_on) == (True, last)
    late = filed(register, Kind.EXPLAIN_RULES, customer=None).case
    assert (late.minor, late.stop_on) == (False, today + timedelta(days=30))
    services.take(actor=clerk, case=late.id, now=now)
    services.extend(actor=clerk, case=late.id, why="number", now=now)  # before anybody knew whom it is about
    services.pause(actor=clerk, case=late.id, why=Pause.PROOF, now=now)
    services.resume(actor=clerk, case=late.id, now=now + timedelta(days=7))
    found = services.match(actor=clerk, case=late.id, customer=register["zhang"], now=now)
    assert found.minor
    assert last + timedelta(days=7) <= found.stop_on < last + timedelta(days=14)  # with the days it stood
    assert found.due_on <= found.stop_on
    grown = filed(register, Kind.COPY, customer="li").case  # born in 1949, as the identity number says
    assert (grown.minor, grown.stop_on) == (False, today + timedelta(days=30))


def test_a_birth_date_nobody_may_read_keeps_nobody_from_asking(register: Register) -> None:
    today = rules.local(clock.now())
    born(register, "zhang", date(today.year - 10, 1, 1))
    revise_purpose(register.world.actor("officer"), key="maintenance", reason="停下修订")
    refused = filed(register, Kind.COPY, customer="zhang").case
    assert (refused.minor, refused.state) == (False, State.RECEIVED)
    assert filed(register, Kind.KNOW, customer="zhang", minor=True).case.stop_on == rules.CHILD.after(today)


def test_nobody_takes_another_request_away_by_filing_first(register: Register) -> None:
    now = clock.now()
    stranger = filed(register, Kind.ACCESS, who="clerk", channel=Channel.PHONE)  # by word, of nobody proved
    me = customer_actor(register["li"], second_factor_at=now, second_apart=True)
    asked = Asked(Kind.ACCESS, Channel.PORTAL, Words(SAID), register["li"])
    mine = services.file(actor=me, asked=asked, now=now)
    assert mine.repeats is None
    assert Case.objects.get(id=stranger.case.id).duplicate_of == mine.case
    assert services.file(actor=me, asked=asked, now=now).repeats == mine.case  # one's own is joined
    first, later = (filed(register, Kind.KNOW, who=who) for who in ("clerk", "sales_head"))
    assert later.repeats == first.case
    clerk = register.world.actor("clerk")
    services.take(actor=clerk, case=first.case.id, now=now)
    services.withdraw(actor=clerk, case=first.case.id, now=now)
    again = Case.objects.get(id=later.case.id)
    assert (again.state, again.duplicate_of_id, again.closed_at) == (State.RECEIVED, None, None)
    two = [
        filed(register, Kind.COPY, customer=None, requester=Requester.GUARDIAN, about=name)
        for name in ("小明", "小红")
    ]
    assert [one.repeats for one in two] == [None, None]


def test_what_is_dealt_with_already_is_joined_to_whoever_files_after(register: Register) -> None:
    """Nobody has to say who they are to have the rules explained: no work on it is lost to one who signs in."""
    clerk, now = register.world.actor("clerk"), clock.now()
    first = filed(register, Kind.EXPLAIN_RULES).case
    assert services.take(actor=clerk, case=first.id, now=now).state == State.HANDLING
    asked = Asked(Kind.EXPLAIN_RULES, Channel.PORTAL, Words(SAID), register["li"])
    mine = services.file(actor=customer_actor(register["li"]), asked=asked, now=now)
    assert mine.repeats == first
    first.refresh_from_db()
    assert (first.state, first.duplicate_of) == (State.HANDLING, None)


def test_a_joined_request_that_stands_again_runs_and_is_known(register: Register) -> None:
    by_word = filed(register, Kind.KNOW).case
    clerk, now = register.world.actor("clerk"), clock.now()
    services.take(actor=clerk, case=by_word.id, now=now)
    services.pause(actor=clerk, case=by_word.id, why=Pause.PROOF, now=now)
    me, asked = customer_actor(register["li"]), Asked(Kind.KNOW, Channel.PORTAL, Words(SAID), register["li"])
    first, again = (services.file(actor=me, asked=asked, now=now).case for _n in range(2))
    by_word.refresh_from_db()
    assert (by_word.duplicate_of, by_word.paused_at, by_word.pause) == (first, None, "")
    services.withdraw(actor=me, case=first.id, now=now)
    services.withdraw(actor=me, case=by_word.id, now=now)  # the earliest stood again, and then the next
    assert services.take(actor=clerk, case=again.id, now=now).state == State.HANDLING  # who asks is known


def test_a_repeated_request_is_joined_to_the_open_one(register: Register) -> None:
    first, again = filed(register, Kind.ACCESS), filed(register, Kind.ACCESS, who="sales_head")
    assert again.repeats == first.case
    assert again.case.state == State.DUPLICATE
    assert filed(register, Kind.COMPLAINT).repeats is filed(register, Kind.COMPLAINT).repeats is None
    stranger = filed(register, Kind.COPY, customer=None)
    assert filed(register, Kind.COPY, customer=None, contact="LI@example.cn ").repeats == stranger.case
    clerk = register.world.actor("clerk")
    taken = services.take(actor=clerk, case=stranger.case.id, now=clock.now())
    assert taken.state == State.IDENTITY
    services.check(actor=clerk, case=taken.id, method=Check.Method.IN_PERSON, now=clock.now())
    assert Case.objects.get(id=taken.id).state == State.IDENTITY  # nobody is the same as an unknown person
    assert services.match(actor=clerk, case=taken.id, customer=register["li"], now=clock.now()).verified_at
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=again.case.id).update(
            state=State.RECEIVED, duplicate_of=None, closed_at=None, customer_id=register["li"]
        )


def test_nothing_is_granted_to_whoever_is_not_known(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = services.take(actor=clerk, case=filed(register, Kind.ACCESS).case.id, now=now)
    services.check(actor=clerk, case=row.id, method=Check.Method.DOCUMENT, now=now)  # a copy is not enough
    for outcome in (
        Answer(Outcome.GRANTED),
        Answer(Outcome.PARTLY, "others"),
        Answer(Outcome.REFUSED, "others"),
    ):
        with pytest.raises(CaseProblem, match="unproved"):
            answering.propose(actor=clerk, case=row.id, answer=outcome, now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=row.id).update(outcome="granted")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=row.id).update(state="answered", outcome="refused", reason="x", closed_at=now)
    row = answering.propose(actor=clerk, case=row.id, answer=REFUSED, now=now)
    assert row.state == State.DECIDING
    for who in ("clerk", "agent", "supervisor"):
        with pytest.raises((CaseProblem, NotAllowed)):
            answering.approve(actor=register.world.actor(who), case=row.id, now=now)
    row = answering.approve(actor=register.world.actor("sales_head"), case=row.id, now=now)
    assert (row.state, row.outcome, row.reason) == (State.ANSWERED, "refused", "identity")
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=row.id).update(outcome="granted", verified_at=now, reason="")


def test_who_sees_which_requests(register: Register) -> None:
    world = register.world
    row = filed(register, Kind.KNOW, who="officer").case
    seeing = {who for who in world.people if who != "outsider" if row in queries.visible_to(world.actor(who))}
    assert seeing == {"clerk", "sales_head", "top_head", "officer"}
    assert row in queries.visible_to(customer_actor(register["li"]))
    assert row not in queries.visible_to(customer_actor(register["zhang"]))
    services.take(actor=world.actor("officer"), case=row.id, now=clock.now())
    assert row not in queries.visible_to(world.actor("clerk"))


def test_the_clock_stands_moves_and_is_extended_once(register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    row = services.take(actor=clerk, case=filed(register, Kind.KNOW).case.id, now=now)
    services.pause(actor=clerk, case=row.id, why=Pause.PROOF, now=now)
    late = now + timedelta(days=60)
    assert not queries.late(register.world.actor("officer"), late).exists()
    resumed = services.resume(actor=clerk, case=row.id, now=now + timedelta(days=7))
    assert resumed.due_on >= row.due_on + timedelta(days=7)
    assert queries.late(register.world.actor("officer"), late).get() == row
    longer = services.extend(actor=clerk, case=row.id, why="number", now=now)
    assert resumed.due_on < longer.due_on <= longer.stop_on
    with pytest.raises(CaseProblem, match="extended"):
        services.extend(actor=clerk, case=row.id, why="number", now=now)


def test_a_complaint_is_not_closed_by_the_accused_and_comes_back(register: Register) -> None:
    world, now = register.world, clock.now()
    row = filed(
        register, Kind.COMPLAINT, who="agent", customer=None, accused=world.departments["sales"].id
    ).case
    Case.objects.filter(id=row.id).update(department=world.departments["sales"])
    for who in ("clerk", "sales_head"):
        assert not queries.to_take(world.actor(who)).exists()
        with pytest.raises(CaseProblem, match="accused"):
            services.take(actor=world.actor(who), case=row.id, now=now)
    services.take(actor=world.actor("officer"), case=row.id, now=now)
    said = Answer(Outcome.REFUSED, "unfounded", "已核实，未发现所述情况。")
    answering.propose(actor=world.actor("officer"), case=row.id, answer=said, now=now)
    with pytest.raises(CaseProblem, match="accused"):
        answering.approve(actor=world.actor("sales_head"), case=row.id, now=now)
    with pytest.raises(CaseProblem, match="same-person"):
        answering.approve(actor=world.actor("officer"), case=row.id, now=now)
    answering.approve(actor=world.actor("top_head"), case=row.id, now=now)
    again = answering.rate(actor=world.actor("agent"), case=row.id, score=1, now=now)
    assert (again.state, again.escalated, again.handler) == (State.HANDLING, True, None)
    with pytest.raises(CaseProblem, match="escalated"):
        services.take(actor=world.actor("officer"), case=row.id, now=now)
    supervisor = world.actor("supervisor")
    assert queries.to_take(supervisor).get() == row
    services.take(actor=supervisor, case=row.id, now=now)
    done = answering.propose(
        actor=supervisor, case=row.id, answer=Answer(Outcome.GRANTED, "", "属实，已致歉。"), now=now
    )
    assert done.state == State.ANSWERED


def test_people_file_at_their_own_door_for_themselves_alone(register: Register) -> None:
    now = clock.now()
    asked = services.Asked(Kind.ACCESS, Channel.PORTAL, Words("请给我看"))
    actor = customer_actor(register["li"], second_factor_at=now, second_apart=True)
    row = services.file(actor=actor, asked=asked, now=now).case
    assert (row.filed_by, queries.methods_of(row)) == (None, [Check.Method.PORTAL_TWICE])
    with pytest.raises(CaseProblem, match="unknown"):
        services.file(actor=actor, asked=replace(asked, customer=register["zhang"]), now=now)
    with pytest.raises(CaseProblem, match="unknown"):
        services.withdraw(actor=customer_actor(register["zhang"]), case=row.id, now=now)
    taken = services.take(actor=register.world.actor("clerk"), case=row.id, now=now)
    assert taken.state == State.HANDLING
    assert services.withdraw(actor=actor, case=row.id, now=now).state == State.WITHDRAWN


@pytest.mark.django_db(transaction=True)
def test_of_two_people_filing_or_deciding_at_once_one_does(register: Register) -> None:
    barrier = Barrier(2)

    def file(who: str) -> bool:
        barrier.wait()
        try:
            return filed(register, Kind.COPY, who=who).repeats is None
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(file, ("clerk", "sales_head"))) == [False, True]
    row = in_hand(register, Kind.CANCEL)
    answering.propose(actor=register.world.actor("clerk"), case=row.id, answer=REFUSED, now=clock.now())

    def decide(who: str) -> str:
        barrier.wait()
        try:
            answering.approve(actor=register.world.actor(who), case=row.id, now=clock.now())
        except CaseProblem as problem:
            return problem.code
        finally:
            connection.close()
        return ""

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(decide, ("sales_head", "officer"))) == ["", "case.step"]


def test_a_request_goes_its_way_over_the_screens(register: Register) -> None:
    clerk, head = Client(), Client()
    register.world.signed_in(clerk, "clerk")
    register.world.signed_in(head, "sales_head")
    session = clerk.session
    session["purpose"] = SALES
    session.save()
    said = {"kind": "know", "channel": "phone", "requester": "self", "text": SAID, "contact": "电话"}
    bad = clerk.post("/rights/new/", {**said, "kind": "withdraw"})
    assert bad.status_code == 422
    done = clerk.post(f"/rights/customers/{register['li']}/new/", said, follow=True)
    row = Case.objects.get()
    page = done.content.decode()
    assert row.number in page
    assert "查询码只显示这一次" in page
    assert SAID in page
    address = f"/rights/{row.id}/"
    assert "查询码只显示这一次" not in clerk.get(address).content.decode()
    assert row.number in clerk.get(f"/customers/{register['li']}/").content.decode()
    for verb, data, told in (
        ("take", {}, "已受理，由您办理"),
        ("check", {"method": "callback"}, "身份核验通过"),
        ("pause", {"why": "clarify"}, "已暂停计时"),
        ("resume", {}, "已恢复计时"),
        (
            "answer",
            {"outcome": "refused", "reason": "not_held", "text": "没有您的信息"},
            "客户归口部门的负责人",
        ),
    ):
        assert told in clerk.post(f"{address}{verb}/", data, follow=True).content.decode()
    assert Case.objects.get().state == State.DECIDING
    assert row.number in head.get("/rights/?show=awaiting").content.decode()
    assert "拟定的答复" in head.get(address).content.decode()
    head.post(f"{address}approve/")
    assert Case.objects.get().state == State.ANSWERED
    letter = clerk.get(f"{address}letter/?language=en").content.decode()
    assert "We hold none of the information asked for" in letter
    assert "PIPL art. 45" in letter
    assert "没有您的信息" in letter
    assert clerk.get("/rights/?show=closed").content.decode().count(row.number) == 1
    found = clerk.post("/rights/", {"number": row.number, "show": "closed"}, follow=True)
    assert row.number in found.content.decode()


def test_each_of_many_requests_is_matched_from_the_customer_it_is_about(register: Register) -> None:
    """However many somebody has in hand that name no customer: the page of a customer offers all of them."""
    clerk, now = Client(), clock.now()
    register.world.signed_in(clerk, "clerk")
    clerk.post("/purpose/", {"purpose": SALES})
    for number in range(7):
        row = filed(register, Kind.COMPLAINT, customer=None, contact=f"1390000000{number}").case
        services.take(actor=register.world.actor("clerk"), case=row.id, now=now)
    page = clerk.get(f"/customers/{register['li']}/").content.decode()
    numbers = list(Case.objects.values_list("number", flat=True))
    assert len(numbers) == 7
    assert all(number in page for number in numbers)
    clerk.post(f"/rights/customers/{register['li']}/match/", {"case": str(row.id)})
    row.refresh_from_db()
    assert row.customer_id == register["li"]


def test_of_two_requests_found_to_be_one_person_s_the_identified_one_goes_on(register: Register) -> None:
    """By mail and by telephone the same was asked without saying who; it shows when staff find out whom it is about."""
    clerk, now, li = register.world.actor("clerk"), clock.now(), register["li"]

    def asked(kind: Kind) -> list[Case]:
        rows = [filed(register, kind, customer=None, contact=f"{kind}-{one}").case for one in range(3)]
        return [services.take(actor=clerk, case=row.id, now=now) for row in rows]

    def matched(row: Case) -> Case:
        return services.match(actor=clerk, case=row.id, customer=li, now=now)

    first, second, third = asked(Kind.COPY)
    assert matched(first).state == State.IDENTITY
    joined = matched(second)
    assert (joined.state, joined.duplicate_of_id, joined.customer_id) == (State.DUPLICATE, first.id, li)
    services.check(actor=clerk, case=third.id, method=Check.Method.IN_PERSON, now=now)
    known = matched(third)
    assert known.state == State.HANDLING
    assert set(Case.objects.filter(duplicate_of=known).values_list("id", flat=True)) == {first.id, second.id}
    browser = register.world.signed_in(Client(), "clerk")
    browser.post("/purpose/", {"purpose": SALES})
    one, other, _rest = asked(Kind.PORT)
    browser.post(f"/rights/customers/{li}/match/", {"case": str(one.id)})
    page = browser.post(f"/rights/customers/{li}/match/", {"case": str(other.id)}, follow=True)
    assert f"与在办的 {one.number} 重复" in page.content.decode()
