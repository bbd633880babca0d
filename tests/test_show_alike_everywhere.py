"""One customer, every outlet: page, list, search hit, API (read, batch, search) and print show the same form."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted
from shouxin.core.policy import Action, Exposure, Form, Permit, Refusal, Role, ungranted_form
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.models import Customer
from shouxin.customers.registry.search import search
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from shouxin.rulebook.catalogue.models import MaskingRule
from shouxin.rulebook.purposes import outlets
from tests.register import FOOTING, SALES, Register, kept
from tests.world import World

ROLES = (Role.CLERK, Role.HEAD, Role.OFFICER, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN, Role.SUPERVISOR)


def test_every_field_has_one_form_for_everybody_without_a_grant(ruled: World) -> None:
    """All fields of all purposes, for all roles: the gate's own decision at each outlet."""
    book = rulebooks["rulebook"]
    fields, decided = book.fields(), 0
    for purpose in book.purposes():
        for role in ROLES:
            found = outlets.answers(role, purpose, fields, clock.now())
            opened = {key: answer for key, answer in found.items() if isinstance(answer, Permit)}
            if isinstance(found["page"], Refusal):
                assert isinstance(found["list"], Refusal)
                assert isinstance(found["print"], Refusal)
                continue
            for key in fields:
                forms = {
                    answer.forms.get(outlets.NOBODY, {}).get(key, Form.ABSENT) for answer in opened.values()
                }
                assert len(forms) == 1, (purpose.key, role, key, forms)
                (form,) = forms
                serves = key in purpose.fields and (purpose.use is None or purpose.use in fields[key].uses)
                expected = ungranted_form(fields[key]) if serves and fields[key].active else Form.ABSENT
                assert form is expected, (purpose.key, role, key)
                assert (
                    (form is Form.CLEAR) or fields[key].exposure is not Exposure.PUBLIC or form is Form.ABSENT
                )
                decided += 1
    assert decided > len(fields) * 4


@pytest.fixture
def filled(register: Register) -> Register:
    """李小明 with a made-up value in every field of a person's profile that the purpose allows."""
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose is not None
    examples = dict(MaskingRule.objects.values_list("code", "example_in"))
    unique = {"person_name", "customer_no", "member_no"}
    values = {
        key: examples.get(rule.masking_rule) or "示例值"
        for key, rule in rulebooks["rulebook"].fields().items()
        if key in purpose.fields and rule.active and rule.record == "profile" and key not in unique
    }
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=1,
        values=kept(values),
        now=clock.now(),
    )
    return register


def token(register: Register, fields: list[str]) -> str:
    """A program that may read all of it, and nothing clear."""
    world, now = register.world, clock.now()
    wanted = Wanted(
        name="报表",
        purposes=(SALES,),
        readable=fields,
        clear=(),
        writable=(),
        addresses=("127.0.0.1",),
        per_minute=60,
        daily_rows=1000,
        starts_at=now,
        ends_at=now + timedelta(days=30),
        reason="核对",
    )
    asked = clients.propose(
        actor=world.actor("sales_head"),
        owner=world.people["sales_head"].id,
        department=world.departments["sales"].id,
        wanted=wanted,
        now=now,
    )
    return clients.approve(actor=world.actor("officer"), client=asked.id, now=now)[1]


def test_the_real_outlets_say_the_same_of_one_customer(filled: Register, client: Client) -> None:
    clerk, row, now = filled.world.actor("clerk"), Customer.objects.get(id=filled["li"]), clock.now()
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose is not None
    fields = sorted(key for key in purpose.fields if rulebooks["rulebook"].fields()[key].record == "profile")
    fields = [key for key in fields if rulebooks["rulebook"].fields()[key].active]

    def forms(cells: Any) -> dict[str, str]:
        return {key: cell.form.value for key, cell in cells.items()}

    page = forms(
        queries.profile(
            actor=clerk, purpose=SALES, row=row, fields=fields, action=Action.VIEW, reason="", now=now
        ).cells
    )
    listed = forms(
        queries.masked(actor=clerk, purpose=SALES, rows=[row], action=Action.VIEW, now=now)[0].cells
    )
    hit = forms(search(actor=clerk, purpose=SALES, term="李小明", now=now).customers[0].cells)
    sent = {"Authorization": f"Bearer {token(filled, fields)}"}

    def ask(verb: str, body: dict[str, Any]) -> Any:
        return client.post(
            f"/api/v1/customers:{verb}", body, content_type="application/json", headers=sent
        ).json()

    asked = {"purpose": SALES, "reason": "order", "fields": fields, "ids": [str(row.id)]}
    read = ask("read", asked)["results"][0]["values"]
    twice = {**asked, "ids": [str(row.id), str(filled["zhang"])]}
    batch = ask("read", twice)["results"][0]["values"]
    api_hit = ask("search", {"purpose": SALES, "term": "李小明"})["hits"][0]["values"]
    assert len(page) > len(fields) // 2
    for other in (listed, hit, {key: cell["form"] for key, cell in api_hit.items()}):
        assert other.items() <= page.items()
    assert {key: cell["form"] for key, cell in read.items()} == page
    assert {key: cell["form"] for key, cell in batch.items()} == page
    assert page["mobile"] == "masked"


def test_paper_shows_the_cells_of_the_page_and_nothing_else(filled: Register, client: Client) -> None:
    """Print is the page under a style sheet that only takes away; there is no other document to print."""
    filled.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{filled['li']}/").content.decode()
    assert "李小明" not in page
    assert "13812345678" not in page
    sheet = Path("shouxin/console/static/console/shouxin.css").read_text("utf-8")
    rules = [part.split("\n")[0] for part in sheet.split("@media print")[1:]]
    assert rules
    for rule in rules:
        assert "content:" not in rule
        assert "display: block" not in rule


def test_the_officer_sees_it_on_values_that_are_nobodys(register: Register, client: Client) -> None:
    register.world.signed_in(client, "officer")
    page = client.get("/rules/fields/outlets/", {"role": "clerk", "purpose": SALES}).content.decode()
    assert "各出口一致" in page
    assert "李小明" not in page
    refused = client.get("/rules/fields/outlets/", {"role": "system_admin", "purpose": SALES})
    assert "各出口都不显示" in refused.content.decode()
