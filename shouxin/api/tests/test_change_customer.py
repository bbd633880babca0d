"""A program changes a customer at the revision it read; the second of two is told what changed."""

import threading
from uuid import uuid4

import pytest
from django.db import connection

from shouxin.api.tests.conftest import Make
from shouxin.customers.registry.models import Customer
from tests.register import Register


def test_change_moves_the_revision_on_and_leaves_the_rest(program: Make, register: Register) -> None:
    app = program()
    body = {**app.footing(), "revision": 1, "values": {"mobile": "13800001111"}}
    assert app.call("PATCH", f"customers/{register['li']}", body) == (
        200,
        {"id": str(register["li"]), "revision": 2, "waiting": [], "remarks": []},
    )
    _, read = app.read(register["li"])
    values = read["results"][0]["values"]
    assert (values["mobile"]["text"], values["person_name"]["text"]) == ("13800001111", "李小明")


def test_null_takes_a_value_away_but_no_required_one(program: Make, register: Register) -> None:
    app = program()
    path = f"customers/{register['li']}"
    assert app.call("PATCH", path, {**app.footing(), "revision": 1, "values": {"mobile": None}})[0] == 200
    assert "mobile" not in app.read(register["li"])[1]["results"][0]["values"]
    status, problem = app.call(
        "PATCH", path, {**app.footing(), "revision": 2, "values": {"person_name": None}}
    )
    assert (status, problem["errors"][0]["code"]) == (422, "field.required")


def test_second_is_told_what_changed_and_overwrites_nothing(program: Make, register: Register) -> None:
    app, path = program(), f"customers/{register['li']}"
    app.call("PATCH", path, {**app.footing(), "revision": 1, "values": {"mobile": "13800001111"}})
    status, problem = app.call(
        "PATCH", path, {**app.footing(), "revision": 1, "values": {"mobile": "13800002222"}}
    )
    assert (status, problem["code"]) == (409, "customer.changed-meanwhile")
    assert [(change["fields"], change["by"]) for change in problem["changes"]] == [
        (["mobile"], str(app.client.pseudonym))
    ]
    assert "1380000" not in str(problem)
    assert app.read(register["li"])[1]["results"][0]["values"]["mobile"]["text"] == "13800001111"


def test_record_of_a_customer_is_changed_by_its_id(program: Make, register: Register) -> None:
    app = program()
    path = f"customers/{register['huaxin']}"
    values = {"contact_mobile": "13599998888"}
    body = {**app.footing(), "revision": 1, "values": values, "record": str(register.records["chen"])}
    assert app.call("PATCH", path, body)[0] == 200
    wrong = {**body, "revision": 2, "record": str(uuid4())}
    assert app.call("PATCH", path, wrong)[1]["errors"][0]["field"] == "record"


def test_unknown_and_forbidden_look_alike(program: Make, register: Register) -> None:
    app = program()
    body = {**app.footing(), "revision": 1, "values": {"mobile": "13800001111"}}
    unknown = app.call("PATCH", f"customers/{uuid4()}", body)
    assert unknown == app.call("PATCH", f"customers/{register['service']}", body)
    assert unknown[0] == 404


def test_number_of_another_customer_is_a_conflict(program: Make, register: Register) -> None:
    app = program()
    body = {**app.footing(), "revision": 1, "values": {"customer_no": "张伟-10002"}}
    status, problem = app.call("PATCH", f"customers/{register['li']}", body)
    assert (status, problem["errors"][0]["field"]) == (409, "values.customer_no")


@pytest.mark.django_db(transaction=True)
def test_of_many_at_the_same_moment_one_wins(program: Make, register: Register) -> None:
    app, answers = program(), []
    barrier = threading.Barrier(4)

    def change(number: int) -> None:
        body = {**app.footing(), "revision": 1, "values": {"mobile": f"1380000000{number}"}}
        barrier.wait()
        answers.append(app.send("PATCH", f"customers/{register['li']}", body).status_code)
        connection.close()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409]
    assert Customer.objects.get(id=register["li"]).revision == 2
