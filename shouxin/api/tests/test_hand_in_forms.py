"""Programs ask what a form declares and hand in filled ones: whole or not at all, undeclared fields counted."""

import json
from typing import Any

import pytest

from shouxin.api.tests.conftest import Make, Program
from shouxin.customers.collection.models import Submission, Undeclared
from shouxin.customers.collection.tests.cast import notice_of, running_plan
from shouxin.customers.collection_forms.models import FormKind, FormVersion
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer, Provenance
from shouxin.kit import ids
from tests.register import Register

pytestmark = pytest.mark.django_db


@pytest.fixture
def form(register: Register) -> FormVersion:
    return published(register.world, kind=FormKind.FEEDBACK)


def body(form: FormVersion, values: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"kind": "person", "notice_version": str(notice_of(form)), "values": values, **more}


def hand_in(app: Program, form: FormVersion, values: dict[str, Any], **more: Any) -> tuple[int, Any]:
    return app.call("POST", f"forms/{form.form_id}/submissions", body(form, values, **more))


def test_a_program_is_told_what_a_form_asks(program: Make, form: FormVersion) -> None:
    status, told = program().call("GET", f"forms/{form.form_id}")
    assert status == 200
    assert (told["kind"], told["purpose"], told["version"]) == ("feedback", form.purpose, str(form.id))
    asked = {one["key"]: (one["necessity"], one["mandatory"], bool(one["reason"])) for one in told["fields"]}
    assert asked["person_name"] == ("required", True, True)
    assert asked["mobile"] == ("optional", False, True)
    schema = told["values_schema"]["person"]
    assert (schema["additionalProperties"], schema["required"]) == (False, ["person_name"])


def test_a_filled_form_is_stored_by_the_channel_of_its_kind(program: Make, form: FormVersion) -> None:
    before = Customer.objects.count()
    status, answer = hand_in(program(), form, {"person_name": "史湘云", "mobile": "12345"})
    assert (status, answer["created"], answer["inside"]) == (201, True, True)
    assert [one["field"] for one in answer["remarks"]] == ["mobile"]
    assert Customer.objects.count() == before + 1
    kept = Provenance.objects.get(form_version=form.id)
    assert (kept.channel, kept.method) == ("feedback", "api")


@pytest.mark.clause("C10.2")
@pytest.mark.parametrize(
    ("values", "more"),
    [
        ({"person_name": "史湘云", "id_number": "11010519491231002X"}, {}),
        ({"person_name": "史湘云", "身份证": "11010519491231002X"}, {}),
        ({"person_name": "史湘云", "id_number": 7}, {}),
        ({"person_name": "史湘云"}, {"tracking_id": "abc"}),
    ],
)
def test_an_undeclared_field_refuses_all_of_it_and_is_counted(
    program: Make, form: FormVersion, values: dict[str, Any], more: dict[str, Any]
) -> None:
    app, before = program(), Customer.objects.count()
    for _ in range(2):
        status, answer = hand_in(app, form, values, **more)
        assert (status, answer["code"]) == (422, "form.undeclared")
        assert "11010519491231002X" not in json.dumps(answer)
    assert (Customer.objects.count(), Submission.objects.count()) == (before, 0)
    counted = Undeclared.objects.get()
    assert (counted.form_id, counted.door, counted.source) == (form.form_id, "api", app.client.pseudonym)
    assert (counted.count, counted.network) == (2, "own")


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"values": {"mobile": "13900001111"}}, 422, "request.invalid"),
        ({"values": {"person_name": ["史湘云"]}}, 422, "request.invalid"),
        ({"values": {"person_name": "史\x00湘云"}}, 422, "request.invalid"),
        ({"notice_version": str(ids.new())}, 409, "notice.changed"),
        ({"kind": "organisation"}, 422, "form.wrong-kind"),
        ({"department": str(ids.new())}, 422, "department.outside"),
        ({"plan": str(ids.new())}, 404, "plan.unknown"),
    ],
)
def test_what_cannot_be_stored_is_said_by_a_code(
    program: Make, form: FormVersion, change: dict[str, Any], status: int, code: str
) -> None:
    sent = body(form, {"person_name": "史湘云"}) | change
    found, answer = program().call("POST", f"forms/{form.form_id}/submissions", sent)
    assert (found, answer["code"]) == (status, code)
    assert Submission.objects.count() == 0


def test_a_repeat_under_one_key_is_stored_once(program: Make, form: FormVersion) -> None:
    app, path = program(), f"forms/{form.form_id}/submissions"
    sent = body(form, {"person_name": "史湘云"})
    first = app.call("POST", path, sent, Idempotency_Key="k-1")
    assert app.call("POST", path, sent, Idempotency_Key="k-1") == first
    assert Submission.objects.count() == 1
    other = body(form, {"person_name": "贾宝玉"})
    assert app.call("POST", path, other, Idempotency_Key="k-1")[1]["code"] == "idempotency.reused"


def test_a_program_of_another_purpose_or_without_the_field_is_refused(
    program: Make, register: Register, form: FormVersion
) -> None:
    few = ("person_name", "mobile")
    unbound = program(purposes=["service"], readable=few, clear=(), writable=few)
    assert unbound.call("GET", f"forms/{form.form_id}")[0] == 403
    assert hand_in(unbound, form, {"person_name": "史湘云"})[0] == 403
    narrow = program(writable=("person_name",))
    assert hand_in(narrow, form, {"person_name": "史湘云", "mobile": "13900001111"})[0] == 403
    assert program().call("GET", f"forms/{ids.new()}")[0] == 404
    assert Submission.objects.count() == 0


def test_a_program_collects_for_a_plan_until_it_is_full(
    program: Make, register: Register, form: FormVersion
) -> None:
    plan, app = running_plan(register.world, form, maximum=1, group_kinds=("organisation",)), program()
    status, answer = hand_in(app, form, {"person_name": "史湘云"}, plan=str(plan.id))
    assert (status, answer["inside"]) == (201, False)
    assert hand_in(app, form, {"person_name": "贾宝玉"}, plan=str(plan.id))[1]["code"] == "plan.full"
