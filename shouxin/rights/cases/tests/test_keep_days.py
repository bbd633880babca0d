"""The days of a request: what may move them and until when, and who is told when they near their end."""

from datetime import datetime, timedelta

import pytest
from django.test import Client

from shouxin.customers.registry.models import Customer
from shouxin.kit import clock
from shouxin.rights.cases import queries, rules, services
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Kind, Pause, Requester
from shouxin.rights.cases.tests.cast import filed, in_hand
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
