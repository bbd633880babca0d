"""Three figures of the register, by department: each opens exactly what lowers it."""

from datetime import timedelta

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
from shouxin.kit import clock
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
        before=None,
        now=clock.now(),
    )
    names = {one: name for name, one in register.ids.items()}
    return {names[customer] for customer, _keys in page.found}


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
    lines, _following = figures.open_reads(
        actor=register.world.actor("sales_head"), department=None, before=None, now=clock.now()
    )
    assert [line.customer for line in lines] == [register["huaxin"]]
    elsewhere, _following = figures.open_reads(
        actor=register.world.actor("service_head"), department=None, before=None, now=clock.now()
    )
    assert elsewhere == []
    later, _following = figures.open_reads(
        actor=register.world.actor("officer"),
        department=None,
        before=None,
        now=clock.now() + timedelta(days=31),
    )
    assert later == []


def test_a_head_sees_the_own_departments_and_a_clerk_none(register: Register, client: Client) -> None:
    assert {department.name for department, _ in counted(register, "service_head").rows} == {"客服部"}
    assert lowering(register, "unverified", "service_head") == {"service"}
    clerk = register.world.signed_in(client, "clerk")
    assert clerk.get("/customers/quality/").status_code == 403


def test_a_list_goes_on_page_by_page(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "PER_PAGE", 1)
    monkeypatch.setattr(figures, "SCANNED", 2)
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    before, found = None, []
    for _ in range(10):
        page = figures.lowering(
            actor=register.world.actor("sales_head"),
            purpose=purpose,
            what="unverified",
            department=None,
            before=before,
            now=clock.now(),
        )
        found += [customer for customer, _keys in page.found]
        before = page.before
        if before is None:
            break
    assert found == sorted((register[name] for name in ("li", "zhang", "secret", "huaxin")), reverse=True)


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
