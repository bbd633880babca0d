"""Every stored value is kept by a named retention rule: the field's own, else that of the purpose."""

from dataclasses import replace
from typing import Any

import pytest
from django.test import Client

from shouxin.customers.registry import services as registry
from shouxin.kit import clock
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.purposes import queries
from shouxin.vault import services as vault
from tests.register import FOOTING, SALES, Register, kept
from tests.world import World


def test_the_fields_own_rule_goes_before_the_purposes(register: Register) -> None:
    purpose, field = queries.purpose_rule(SALES), fields()["id_number"]
    assert purpose is not None
    assert purpose.retention_rule == "R-CUST-BASE"
    assert purpose.retention_of(field) == field.retention_rule
    assert purpose.retention_of(replace(field, retention_rule="")) == "R-CUST-BASE"


def test_leave_to_write_names_the_purposes_rule(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    tickets: list[Any] = []
    seal = vault.seal

    def watched(*, ticket: Any, writes: Any) -> Any:
        tickets.append(ticket)
        return seal(ticket=ticket, writes=writes)

    monkeypatch.setattr(vault, "seal", watched)
    registry.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["li"],
        revision=1,
        values=kept({"mobile": "13800001111"}),
        now=clock.now(),
    )
    assert [provenance.retention_rule for provenance in tickets[0].provenances] == ["R-CUST-BASE"]


def test_the_customer_page_says_by_which_rule_a_value_is_kept(
    world: World, register: Register, client: Client
) -> None:
    world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['li']}/").content.decode()
    assert f"保存期限 {fields()['id_number'].retention_rule}" in page
