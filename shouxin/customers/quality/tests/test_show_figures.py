"""Three figures of the register, by department: each opens exactly what lowers it."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.quality import figures, services
from shouxin.customers.quality.models import Standing
from shouxin.customers.quality.tests.conftest import Age, See
from shouxin.customers.registry import queries
from shouxin.customers.registry.models import Customer
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import REASON_CLASSES
from shouxin.journal.queries import Line
from shouxin.kit import clock
from shouxin.kit.lists import Place, Window
from tests.harness.jobs import run_queued
from tests.register import SALES, Register, grant


def counted(register: Register, who: str = "officer") -> figures.Overview:
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    figures.work_out(now=clock.now())
    return figures.overview(actor=register.world.actor(who), purpose=purpose)


def lowering(register: Register, what: str, who: str = "sales_head") -> set[str]:
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    page = figures.lowering(
        actor=register.world.actor(who),
        purpose=purpose,
        what=what,
        department=None,
        place=Place(),
        now=clock.now(),
    )
    names = {one: name for name, one in register.ids.items()}
    return {names[customer] for customer, _keys in page.rows}


def reveal(register: Register, field: str, name: str = "li") -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    gate.open_contact(
        actor=clerk,
        customer=register[name],
        purpose=SALES,
        reason_class=next(iter(REASON_CLASSES)),
        note="",
        now=now,
    )
    queries.profile(
        actor=clerk,
        purpose=SALES,
        row=Customer.objects.get(id=register[name]),
        fields=[field],
        action=Action.REVEAL,
        reason="enquiry",
        now=now,
        records=[],
    )


@pytest.mark.clause("B1.1")
def test_each_figure_says_what_its_list_holds(register: Register, see: See, age: Age) -> None:
    Standing.objects.filter(id=register["zhang"]).update(values={"person_name": [20783, 0, 1]})
    age("li", 400, "mobile")
    services.verify(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        seen=[see("huaxin", "uscc", "company_name")],
        method="called_back",
        now=clock.now(),
    )
    found = counted(register)
    sales = {department.name: one for department, one in found.rows}["销售部"]
    assert (sales.missing, sales.old, sales.verified) == (1, 1, 2)
    assert sales.completeness == 100 * (sales.asked - 1) // sales.asked
    assert sales.accuracy == 100 * 2 // sales.values
    assert lowering(register, "missing") == {"zhang"}
    assert lowering(register, "old") == {"li"}
    assert lowering(register, "unverified") == {"li", "zhang", "secret", "huaxin"}  # the contact of the last


@pytest.mark.clause("B1.1")
def test_masked_and_granted_reads_keep_confidentiality_and_others_lower_it(register: Register) -> None:
    grant(register)
    reveal(register, "mobile")
    reveal(register, "company_name", "huaxin")  # public: no grant was needed
    found = counted(register)
    sales = {department.name: one for department, one in found.rows}["销售部"]
    assert (sales.reads, sales.open_reads) == (2, 1)
    assert sales.confidentiality == 50
    page = figures.open_reads(
        actor=register.world.actor("sales_head"), department=None, place=Place(), now=clock.now()
    )
    assert [line.customer for line in page.rows] == [register["huaxin"]]
    elsewhere = figures.open_reads(
        actor=register.world.actor("service_head"), department=None, place=Place(), now=clock.now()
    )
    assert elsewhere.rows == []
    later = figures.open_reads(
        actor=register.world.actor("officer"),
        department=None,
        place=Place(),
        now=clock.now() + timedelta(days=31),
    )
    assert later.rows == []


def test_a_head_sees_the_own_departments_and_a_clerk_none(register: Register, client: Client) -> None:
    assert {department.name for department, _ in counted(register, "service_head").rows} == {"客服部"}
    assert lowering(register, "unverified", "service_head") == {"service"}
    clerk = register.world.signed_in(client, "clerk")
    assert clerk.get("/customers/quality/").status_code == 403


@pytest.mark.parametrize("scanned", [2, 3, 100])
def test_a_list_is_walked_page_by_page_to_its_end_and_back(
    register: Register, monkeypatch: pytest.MonkeyPatch, scanned: int
) -> None:
    monkeypatch.setattr(figures, "SCANNED", scanned)
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose

    def at(place: Place) -> Window[figures.Lowering]:
        return figures.lowering(
            actor=register.world.actor("sales_head"),
            purpose=purpose,
            what="unverified",
            department=None,
            place=place,
            now=clock.now(),
        )

    every = sorted((register[name] for name in ("li", "zhang", "secret", "huaxin")), reverse=True)
    there, back = walked(at)
    assert [customer for customer, _keys in there] == every
    assert there == back


def test_open_reads_are_walked_to_their_end_and_back(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figures, "SCANNED", 3)
    for _ in range(4):
        reveal(register, "company_name", "huaxin")

    def at(place: Place) -> Window[Line]:
        return figures.open_reads(
            actor=register.world.actor("sales_head"), department=None, place=place, now=clock.now()
        )

    there, back = walked(at)
    assert len(there) == 4
    assert there == back == sorted(there, key=lambda line: line.id, reverse=True)


def walked(at: Callable[[Place], Window[Any]]) -> tuple[list[Any], list[Any]]:
    """What a list shows from its beginning to its end, and from its last page back to the beginning."""
    page = at(Place(size=1))
    there = [*page.rows]
    while page.following:
        page = at(Place(after=page.following, size=1))
        there += page.rows
    back = [*page.rows]
    while page.preceding:
        page = at(Place(before=page.preceding, size=1))
        back = [*page.rows, *back]
    return there, back


@pytest.mark.clause("B1.1")
def test_the_officer_counts_again_and_opens_each_list(register: Register, client: Client) -> None:
    officer = register.world.signed_in(client, "officer")
    officer.post("/purpose/", {"purpose": SALES})
    assert "还没有统计" in officer.get("/customers/quality/").content.decode()
    officer.post("/customers/quality/count/")
    run_queued("quality")
    page = officer.get(f"/customers/quality/?purpose={SALES}&sort=accuracy").content.decode()
    assert "销售部" in page
    assert "0%" in page
    department = register.world.departments["sales"].id
    for what in ("missing", "old", "unverified"):
        address = f"/customers/quality/{what}/?purpose={SALES}&department={department}"
        assert officer.get(address).status_code == 200
    assert officer.get("/customers/quality/reads/").status_code == 200
    head = register.world.signed_in(client, "service_head")
    assert head.get(f"/customers/quality/missing/?department={department}").status_code == 404
