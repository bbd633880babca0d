"""Whoever is registered already is recognised by the number alone, and completed or left as the form says."""

from typing import Any

import pytest

from shouxin.core.policy import Action, service_actor
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.tests.cast import send
from shouxin.customers.collection_forms.models import FormKind, FormVersion
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer, Record
from shouxin.gate import services as gate
from shouxin.kit import clock
from shouxin.vault import services as vault
from tests.register import PHONE, Register

NUMBERED = (
    ("person_name", "required", True),
    ("customer_no", "optional", False),
    ("mobile", "optional", False),
    ("email", "optional", False),
)
NUMBER = "李小明-10001"


def form(register: Register, existing: str, fields: Any = NUMBERED, **said: Any) -> FormVersion:
    return published(register.world, fields, said={"existing": existing, **said})


def held(register: Register, name: str, *keys: str) -> dict[str, str | None]:
    permit = gate.permit_maintenance(
        actor=service_actor("import"),
        purpose="maintenance",
        customers=[register[name]],
        fields=list(keys),
        reason="test",
        now=clock.now(),
    )
    assert permit.action is Action.MAINTAIN
    shown = vault.reveal(permit, records=[register[name]]).of(register[name])
    return {key: shown[key].text if key in shown else None for key in keys}


def test_what_is_missing_is_filled_up_and_what_stands_stays(register: Register) -> None:
    values = {
        "person_name": "李小明",
        "customer_no": NUMBER,
        "mobile": "13911110000",
        "email": "li@example.com",
    }
    done = send(register.world, form(register, "fill"), values)
    assert (done.customer, done.created, done.left) == (register["li"], False, ("mobile",))
    assert held(register, "li", "mobile", "email") == {"mobile": PHONE, "email": "li@example.com"}


def test_what_differs_is_replaced_where_the_form_says_so(register: Register) -> None:
    values = {"person_name": "李小明", "customer_no": NUMBER, "mobile": "13911110000"}
    done = send(register.world, form(register, "replace"), values)
    assert (done.customer, done.left) == (register["li"], ())
    assert held(register, "li", "mobile") == {"mobile": "13911110000"}


@pytest.mark.parametrize(
    ("existing", "name", "code"),
    [("skip", "李小明", "row.existing-skipped"), ("replace", "王大力", "row.other-person")],
)
def test_a_number_of_somebody_else_or_a_form_for_new_ones_changes_nobody(
    register: Register, existing: str, name: str, code: str
) -> None:
    values = {"person_name": name, "customer_no": NUMBER, "mobile": "13911110000"}
    with pytest.raises(SubmissionProblem) as caught:
        send(register.world, form(register, existing), values)
    assert [(one.field, one.code) for one in caught.value.errors] == [("customer_no", code)]
    assert held(register, "li", "mobile", "person_name") == {"mobile": PHONE, "person_name": "李小明"}


def test_a_number_of_another_department_tells_no_more_than_that_it_is_taken(register: Register) -> None:
    values = {"person_name": "孙悦", "customer_no": "孙悦-10004"}
    with pytest.raises(SubmissionProblem) as caught:
        send(register.world, form(register, "fill"), values)
    assert [one.code for one in caught.value.errors] == ["row.not-yours"]


def test_the_same_name_without_a_number_is_another_customer(register: Register) -> None:
    before = Customer.objects.count()
    done = send(register.world, form(register, "fill"), {"person_name": "李小明"})
    assert done.created
    assert Customer.objects.count() == before + 1


def test_feedback_of_a_known_customer_adds_a_record_and_asks_no_name(register: Register) -> None:
    fields = (("interaction_at", "required", True), ("interaction_note", "required", True))
    row = published(register.world, fields, kind=FormKind.FEEDBACK, said={"known_only": True})
    said = {"interaction_at": "2026-11-20 10:00", "interaction_note": "椅子晃动，要求更换"}
    with pytest.raises(SubmissionProblem) as caught:
        send(register.world, row, said)
    assert [one.code for one in caught.value.errors] == ["customer.needed"]
    before = Record.objects.count()
    done = send(register.world, row, said, customer=register["li"])
    assert (done.customer, Record.objects.count()) == (register["li"], before + 1)


def test_a_form_that_says_nothing_new_is_counted_and_changes_nothing(register: Register) -> None:
    revision = Customer.objects.get(id=register["li"]).revision
    done = send(register.world, form(register, "fill"), {"person_name": "李小明", "customer_no": NUMBER})
    assert not done.created
    assert Customer.objects.get(id=register["li"]).revision == revision
