"""A program hands in what people ask for: as at the counter, once, and granted only when staff know who asks."""

import json

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from shouxin.access.clients.services import ClientProblem
from shouxin.api.tests.conftest import Make
from shouxin.kit import clock
from shouxin.rights.cases import answering, queries, services
from shouxin.rights.cases.answering import Answer
from shouxin.rights.cases.errors import CaseProblem
from shouxin.rights.cases.models import Case, Check, Kind, Outcome, State
from shouxin.rights.cases.tests.cast import filed
from tests.register import SALES, Register

SAID = "请给我一份你们保存的我的信息，我的电话是 13812345678"
ASKED = {"kind": "access", "text": SAID, "name": "李小明", "contact": "13812345678"}
RIGHTS = {"purposes": ["individual_rights"], "readable": (), "clear": (), "writable": ()}


def test_handed_in_with_number_and_code_and_told_of_once(program: Make, register: Register) -> None:
    app = program(**RIGHTS)
    body = ASKED | {"customer": str(register["li"])}
    status, answer = app.call("POST", "requests", body, Idempotency_Key="case-1")
    assert status == 201
    row = Case.objects.get(number=answer["number"])
    assert (row.customer_id, row.channel, row.state) == (register["li"], "api", State.RECEIVED)
    assert row.filed_by is None
    assert answer["due_on"] == row.due_on.isoformat()
    assert queries.by_code(answer["number"], answer["code"]) == row
    assert SAID.encode() not in bytes(row.words)
    status, again = app.call("POST", "requests", body, Idempotency_Key="case-1")
    assert (status, again) == (201, answer | {"code": None})
    assert Case.objects.count() == 1
    status, problem = app.call("POST", "requests", body | {"minor": True}, Idempotency_Key="case-1")
    assert (status, problem["code"]) == (422, "idempotency.reused")
    clerk = Client()
    register.world.signed_in(clerk, "clerk")
    assert answer["number"] in clerk.get("/rights/").content.decode()


def test_a_repeat_is_joined_to_what_is_open(program: Make, register: Register) -> None:
    standing = filed(register, Kind.ACCESS).case
    app = program(**RIGHTS)
    _, answer = app.call("POST", "requests", ASKED | {"customer": str(register["li"])})
    assert answer["duplicate"] is True
    assert Case.objects.get(number=answer["number"]).duplicate_of == standing
    _, first = app.call("POST", "requests", ASKED)  # by the contact, where nobody knows whom it is about
    _, second = app.call("POST", "requests", ASKED | {"text": "再说一遍"})
    assert (first["duplicate"], second["duplicate"]) == (False, True)


def test_nothing_is_granted_before_it_is_known_who_asks(program: Make, register: Register) -> None:
    clerk, now = register.world.actor("clerk"), clock.now()
    _, answer = program(**RIGHTS).call("POST", "requests", ASKED | {"customer": str(register["li"])})
    assert answer["level"] > 0
    case = Case.objects.get(number=answer["number"])
    assert not Check.objects.exists()
    row = services.take(actor=clerk, case=case.id, now=now)
    assert row.state == State.IDENTITY
    for outcome, reason in ((Outcome.GRANTED, ""), (Outcome.PARTLY, "others")):
        with pytest.raises(CaseProblem, match="unproved"):
            answering.propose(actor=clerk, case=case.id, answer=Answer(outcome, reason, "好"), now=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(id=case.id).update(outcome="granted")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"kind": "inquiry"}, "kind"),
        ({"kind": "deceased"}, "requester"),
        ({"kind": "withdraw"}, "purposes"),
        ({"kind": "deceased", "requester": "relative"}, "wish"),
        ({"wish": "copy"}, "wish"),
        ({"text": ""}, "text"),
        ({"fields": ["mobile"]}, "fields"),
        ({"kind": "delete", "fields": ["mobile"]}, "fields"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_does_not_fit_names_its_place(program: Make, changes: dict[str, object], field: str) -> None:
    status, problem = program(**RIGHTS).call("POST", "requests", ASKED | changes)
    assert status == 422
    assert field in [one["field"] for one in problem["errors"]]
    assert "13812345678" not in json.dumps(problem)
    assert not Case.objects.exists()


def test_all_purposes_and_a_relative_s_wish_are_taken_down(program: Make) -> None:
    app = program(**RIGHTS)
    for changes, wanted in (
        ({"kind": "object", "purposes": ["all"]}, ("", ["all"])),
        ({"kind": "deceased", "requester": "relative", "wish": "copy", "about": "李大明"}, ("copy", [])),
    ):
        status, answer = app.call("POST", "requests", ASKED | changes)
        assert status == 201
        row = Case.objects.get(number=answer["number"])
        assert (row.wish, row.purposes) == wanted


def test_a_program_needs_the_grant_and_reaches_nobody_outside_it(program: Make, register: Register) -> None:
    status, problem = program().call("POST", "requests", ASKED)
    assert status == 403
    app = program(**RIGHTS)
    for one in (str(register["service"]), "019ab000-0000-7000-8000-000000000009"):
        status, problem = app.call("POST", "requests", ASKED | {"customer": one})
        assert (status, problem["code"]) == (404, "customer.unknown")
    status, _ = app.call(
        "POST",
        "customers:read",
        {"purpose": SALES, "reason": "delivery", "fields": ["mobile"], "ids": [str(register["li"])]},
    )
    assert status == 403
    assert not Case.objects.exists()
    with pytest.raises(ClientProblem, match="alone"):
        program(purposes=["individual_rights", SALES])
    with pytest.raises(ClientProblem, match="not-offered"):
        program(**RIGHTS | {"readable": ("mobile",)})
    paths = json.loads(Client().get("/api/v1/openapi.json").content)["paths"]
    names = [one["name"] for one in paths["/api/v1/requests"]["post"]["parameters"]]
    assert names == ["Idempotency-Key"]


def test_a_program_says_which_department_a_complaint_is_about(program: Make, register: Register) -> None:
    app, service = program(**RIGHTS), register.world.departments["service"]
    body = ASKED | {"kind": "complaint", "accused": str(service.id)}
    status, answer = app.call("POST", "requests", body, Idempotency_Key="case-9")
    assert status == 201
    row = Case.objects.get(number=answer["number"])
    assert (row.accused, row.accused_named) == (service, True)
    for wrong in (
        body | {"kind": "access"},
        body | {"accused": str(register.world.departments["top"].id)},
    ):
        status, problem = app.call("POST", "requests", wrong, Idempotency_Key="case-10")
        assert (status, [one["field"] for one in problem["errors"]]) == (422, ["accused"])
