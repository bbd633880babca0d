"""Emergency access: at once, for one customer and some minutes, every read marked, head and officer alerted."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from shouxin.access.emergency import rules
from shouxin.access.emergency.models import EmergencyAccess
from shouxin.access.emergency.services import EmergencyProblem, end
from shouxin.access.emergency.tests.conftest import REASON, Open
from shouxin.core.policy import Action, NotAllowed, Role
from shouxin.customers.registry import queries as registry
from shouxin.gate import services as gate
from shouxin.journal.models import Entry
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people.models import Staff
from tests.register import ID_NUMBER, PHONE, SALES, Register
from tests.world import note_proof

pytestmark = pytest.mark.django_db


def reveal(register: Register, who: str, customer: str, field: str, now: Any = None) -> str:
    row = registry.find(register.world.actor(who), register[customer])
    assert row is not None
    view = registry.profile(
        actor=register.world.actor(who),
        purpose=SALES,
        row=row,
        fields=[field],
        action=Action.REVEAL,
        reason="delivery",
        now=now or clock.now(),
        records=[],
    )
    return view.cells[field].text or ""


def refused(register: Register, who: str, customer: str, field: str, now: Any = None) -> str:
    with pytest.raises(gate.Refused) as problem:
        reveal(register, who, customer, field, now)
    return problem.value.refusal.code


@pytest.mark.clause("B6.3.1")
def test_without_a_grant_the_way_is_emergency_access_and_every_read_is_marked(
    register: Register, opened: Open
) -> None:
    access = opened(customer="li", fields=["mobile", "id_number"])
    assert reveal(register, "clerk", "li", "mobile") == PHONE
    assert reveal(register, "clerk", "li", "id_number") == ID_NUMBER
    reads = [line for line in timeline(register["li"]) if line.event == "field.revealed"]
    assert [line.data["grants"] for line in reads] == [[str(access.id)]] * 2
    assert {line.data["reason"] for line in reads} == {"emergency"}
    assert "应急访问" in reads[0].sentence("zh")
    told = Entry.objects.get(event="emergency.opened")
    assert REASON.encode() not in bytes(told.body), "what people write stays out of the journal"


def test_it_opens_nothing_but_what_was_stated(register: Register, opened: Open) -> None:
    opened(customer="li")
    assert refused(register, "clerk", "li", "id_number") == "grant.sensitive"
    gate.open_contact(
        actor=register.world.actor("clerk"), customer=register["zhang"], purpose=SALES,
        reason_class="delivery", note="", now=clock.now(),
    )  # fmt: skip
    assert refused(register, "clerk", "zhang", "mobile") == "grant.missing"
    gate.open_contact(
        actor=register.world.actor("sales_head"), customer=register["li"], purpose=SALES,
        reason_class="delivery", note="", now=clock.now(),
    )  # fmt: skip
    assert refused(register, "sales_head", "li", "mobile") == "grant.missing"


def test_it_is_over_after_its_minutes_and_when_it_is_ended(register: Register, opened: Open) -> None:
    access = opened()
    later = clock.now() + timedelta(minutes=16)
    assert refused(register, "clerk", "zhang", "mobile", later) == "grant.missing"
    assert reveal(register, "clerk", "zhang", "mobile")
    end(actor=register.world.actor("sales_head"), access=access.id, now=clock.now())
    assert refused(register, "clerk", "zhang", "mobile") == "grant.missing"
    with pytest.raises(EmergencyProblem, match="over"):
        end(actor=register.world.actor("clerk"), access=access.id, now=clock.now())


def test_head_and_officer_see_it_at_once_on_their_workbench(register: Register, opened: Open) -> None:
    told = [register.world.signed_in(Client(), who) for who in ("sales_head", "top_head", "officer")]
    assert not [1 for client in told if "应急访问：告警与待我复核" in client.get("/").content.decode()]
    access = opened()
    for client in told:
        assert "应急访问：告警与待我复核" in client.get("/").content.decode()
        page = client.get("/access/emergency/?state=awaiting").content.decode()
        assert f"/access/emergency/{access.id}/" in page
        assert REASON in client.get(f"/access/emergency/{access.id}/").content.decode()


def test_every_page_of_head_and_officer_tells_it_until_it_is_reviewed(
    register: Register, opened: Open
) -> None:
    def told(who: str) -> bool:
        page = register.world.signed_in(Client(), who).get("/people/duties/").content.decode()
        return 'class="sx-urgent" href="/access/emergency/?state=awaiting"' in page

    assert not told("officer")
    access = opened(customer="li", fields=["mobile"])
    assert [told(who) for who in ("sales_head", "officer", "clerk", "service_head")] == [
        True,
        True,
        False,
        False,
    ]
    EmergencyAccess.objects.filter(id=access.id).update(
        reviewed_by=register.world.people["officer"].id,
        reviewed_at=clock.now(),
        finding="justified",
        review_note="已核实",
    )
    assert not told("officer")


def test_others_see_nothing_of_it(register: Register, opened: Open) -> None:
    access = opened()
    for who in ("marketing_head", "marketer"):
        client = register.world.signed_in(Client(), who)
        assert client.get(f"/access/emergency/{access.id}/").status_code == 404
        assert str(access.id) not in client.get("/access/emergency/").content.decode()


WRONG: tuple[tuple[dict[str, Any], str], ...] = (
    ({"fields": []}, "fields.none"),
    ({"fields": ["gross_profit"]}, "fields.not-openable"),
    ({"fields": ["no_such_field"]}, "fields.not-openable"),
    ({"minutes": 31}, "minutes.range"),
    ({"minutes": 0}, "minutes.range"),
    ({"reason": "急"}, "reason.short"),
    ({"reason": "客户 13812345678 来电投诉"}, "note.identifier"),
    ({"purpose": "no_such_purpose"}, "purpose.role"),
)


def test_what_is_not_stated_properly_opens_nothing(opened: Open) -> None:
    for change, code in WRONG:
        with pytest.raises(EmergencyProblem, match=code):
            opened(**change)
    assert not EmergencyAccess.objects.exists()


def test_a_customer_out_of_sight_stays_so(opened: Open) -> None:
    for customer in ("service", "secret"):
        with pytest.raises(gate.Refused):
            opened(customer=customer)
    assert not EmergencyAccess.objects.exists()


def test_others_than_clerk_and_head_do_not_open_it(opened: Open) -> None:
    for who in ("officer", "system_admin", "security_admin", "supervisor"):
        with pytest.raises(NotAllowed):
            opened(who)


def test_three_a_day_under_whatever_log_in(register: Register, opened: Open) -> None:
    person = register.world.staff("clerk").person
    Staff.objects.filter(user_name="newcomer").update(person=person, roles=[Role.CLERK.value])
    for who in ("clerk", "newcomer", "clerk"):
        opened(who)
    for who in ("clerk", "newcomer"):
        with pytest.raises(EmergencyProblem, match=r"day\.spent"):
            opened(who)
    assert Entry.objects.filter(event="emergency.refused").count() == 2
    assert opened(now=clock.now() + timedelta(days=1, minutes=1))


@pytest.mark.django_db(transaction=True)
def test_three_a_day_even_all_at_once(register: Register, opened: Open) -> None:
    """Attack: the form is sent from several windows at the same moment."""
    start, outcomes = threading.Barrier(5), list[str]()

    def send() -> None:
        start.wait()
        try:
            opened()
            outcomes.append("opened")
        except EmergencyProblem as problem:
            outcomes.append(str(problem))
        finally:
            connection.close()

    threads = [threading.Thread(target=send) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["day.spent"] * 2 + ["opened"] * 3
    assert EmergencyAccess.objects.count() == 3


def test_the_page_wants_a_fresh_second_factor(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk")
    client.post("/purpose/", {"purpose": SALES})
    note_proof(client, age=timedelta(minutes=11), by="password")
    path = f"/access/emergency/open/{register['zhang']}/"
    form = {"fields_asked": ["mobile"], "reason_class": "delivery", "reason": REASON, "minutes": "15"}
    assert client.post(path, form).status_code == 403
    assert not EmergencyAccess.objects.exists()
    code = register.world.code("clerk")
    register.world.signed_in(client, "clerk")
    note_proof(client, age=timedelta(minutes=11))
    client.post("/purpose/", {"purpose": SALES})
    answer = client.post(path, {**form, "factor_code": code})
    assert answer.status_code == 302
    assert EmergencyAccess.objects.get().fields == ["mobile"]


@pytest.mark.parametrize(
    ("opened_at", "due"), [(0, 1), (4, 7), (5, 7), (6, 7)], ids=["Mon", "Fri", "Sat", "Sun"]
)
def test_the_review_is_due_on_the_next_working_day(opened_at: int, due: int) -> None:
    monday = clock.now().replace(year=2026, month=11, day=23, hour=9)
    day = rules.review_due(monday + timedelta(days=opened_at))
    assert day == (monday + timedelta(days=due)).date()


def test_the_database_refuses_hours(opened: Open) -> None:
    access = opened()
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyAccess.objects.filter(id=access.id).update(until=access.opened_at + timedelta(minutes=31))
