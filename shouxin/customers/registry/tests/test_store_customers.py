"""What has to be known before a customer is stored, and what of it is seen by whom."""

import pytest
from django.db import IntegrityError, transaction

from shouxin.core.policy import Action, Form
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.entries import CustomerEntry, Footing
from shouxin.customers.registry.forms import offered
from shouxin.customers.registry.models import Channel, Customer, Kind, Method, Provenance, Scope
from shouxin.gate.services import Refused
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.kit.ids import new
from shouxin.people.models import Department
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.purposes import services as purposes
from shouxin.rulebook.purposes.queries import purpose_rule
from tests.register import FOOTING, SALES, Register, kept

NAMED = {"person_name": "黄磊"}


def store(
    register: Register, department: Department | None, scope: Scope | None, footing: Footing = FOOTING
) -> None:
    entry = CustomerEntry(Kind.PERSON, kept(NAMED), department.id if department else None, scope, None)
    services.store(actor=register.world.actor("clerk"), footing=footing, entries=[entry], now=clock.now())


@pytest.mark.clause("B6.2.2")
@pytest.mark.parametrize("missing", ["owner_department", "scope"])
def test_without_owner_or_scope_nothing_is_saved(register: Register, missing: str) -> None:
    before, sales = Customer.objects.count(), register.world.departments["sales"]
    with pytest.raises(services.RegistryProblem) as problem:
        store(
            register,
            None if missing == "owner_department" else sales,
            None if missing == "scope" else Scope.OWN,
        )
    assert (problem.value.code, problem.value.field) == ("customer.no-owner", missing)
    assert Customer.objects.count() == before


def test_under_a_purpose_out_of_use_nothing_is_saved(register: Register) -> None:
    purposes.retire_purpose(register.world.actor("officer"), key="marketing", reason="暂不推广")
    before = Customer.objects.count()
    footing = Footing("marketing", Channel.SALES, Method.HAND)
    with pytest.raises(Refused):
        store(register, register.world.departments["sales"], Scope.DEPARTMENT, footing)
    assert Customer.objects.count() == before
    assert of_events(["customer.created"])[0].data["fields"] != ["person_name"]


@pytest.mark.parametrize("column", ["purpose", "basis", "channel", "source", "method"])
def test_the_database_keeps_no_value_without_its_footing(register: Register, column: str) -> None:
    row = Provenance.objects.first()
    assert row is not None
    row.id = new()
    setattr(row, column, "")
    with pytest.raises(IntegrityError, match="provenance_is_complete"), transaction.atomic():
        row.save(force_insert=True)


def test_what_was_bought_is_seen_while_the_contact_stays_masked(register: Register) -> None:
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=register["huaxin"],
        revision=1,
        values=kept({"customer_needs": "明年换一层楼的家具"}),
        now=clock.now(),
    )
    purpose = purpose_rule(SALES)
    assert purpose is not None
    view = queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["huaxin"]),
        fields=[key for key in purpose.fields if fields()[key].active],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    )
    (order,), (contact,) = view.of_kind("order"), view.of_kind("contact")
    assert [line["product_name"] for line in order.lines] == ["办公椅", "会议桌"]
    assert contact.cells["contact_mobile"].text == "135****2222"
    assert contact.cells["contact_name"].text == "陈*"
    for secret in (order.cells["line_discount"], view.cells["customer_needs"]):  # of the trade
        assert secret.form is not Form.CLEAR


def test_an_organisation_is_asked_for_its_representative_and_a_person_is_not(register: Register) -> None:
    purpose = purpose_rule(SALES)
    assert purpose is not None
    person, organisation = ({rule.key for rule in offered("profile", kind, purpose)} for kind in Kind.values)
    representative = {"legal_rep_name", "shareholder"}
    assert representative <= organisation
    assert not representative & person
    assert "gender" in person - organisation
