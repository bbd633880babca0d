"""A program reads fields of customers: masked or clear as its grant says, journalled one by one."""

from functools import partial
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from shouxin.access.clients.rules import NEVER_CLEAR, offered
from shouxin.api.tests.conftest import READABLE, Make
from shouxin.customers.registry import exchange
from shouxin.customers.registry.models import Customer
from shouxin.gate import lots
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal.models import Entry
from tests.register import PHONE, SALES, Register


def test_clear_and_masked_as_the_grant_says(program: Make, register: Register) -> None:
    status, answer = program().read(register["li"], fields=("person_name", "mobile", "id_number"))
    assert status == 200
    (found,) = answer["results"]
    assert found["values"]["mobile"] == {
        "form": "clear",
        "text": PHONE,
        "mark": "well_formed",
        "problem": None,
        "broken": False,
    }
    assert found["values"]["id_number"]["form"] == "masked"
    assert "19491231" not in found["values"]["id_number"]["text"]


def test_one_alone_is_told_as_one_among_many(program: Make, register: Register) -> None:
    """Its own row comes with the values that are opened when it is asked for alone: the same row."""
    app = program(readable=(*READABLE, "company_name"))
    alone = app.read(register["huaxin"], fields=("company_name",))[1]["results"][0]
    among = app.read(register["huaxin"], register["li"], fields=("company_name",))[1]["results"][0]
    assert alone == among
    row = Customer.objects.get(id=register["huaxin"])
    assert (alone["revision"], alone["merged_into"]) == (row.revision, None)
    assert alone["values"]["company_name"]["text"] == row.public_values["company_name"]


def test_each_customer_read_has_its_own_entry(program: Make, register: Register) -> None:
    app = program()
    app.read(register["li"], register["zhang"])
    entries = Entry.objects.filter(event="field.read", actor=app.client.pseudonym)
    assert {entry.customer for entry in entries} == {register["li"], register["zhang"]}


def test_answers_stand_in_the_order_asked_and_unknown_looks_like_forbidden(
    program: Make, register: Register
) -> None:
    nobody = uuid4()
    status, answer = program().read(register["zhang"], nobody, register["service"], register["li"])
    assert status == 200
    assert [row.get("code") for row in answer["results"]] == [
        None,
        "customer.unknown",
        "customer.unknown",
        None,
    ]
    unknown, forbidden = answer["results"][1:3]
    assert unknown["reason"] == forbidden["reason"]


@pytest.mark.parametrize("most", [1, 2, 500])
def test_every_answer_says_which_question_it_answers(
    program: Make, register: Register, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    """Named twice, by id and by number, unknown in between, and in however many lots they were opened."""
    monkeypatch.setattr(exchange, "open_lots", partial(lots.open_lots, most=most))
    li, zhang, huaxin = register["li"], register["zhang"], register["huaxin"]
    asked = [zhang, uuid4(), li, zhang, huaxin, li]
    status, answer = program().read(*asked, customer_nos=["李小明-10001"])
    assert status == 200
    assert [row["position"] for row in answer["results"]] == list(range(7))
    assert [row["id"] for row in answer["results"]] == [str(one) for one in [*asked, li]]


def test_unknown_and_forbidden_get_the_same_answer(program: Make, register: Register) -> None:
    app = program()
    assert app.read(uuid4()) == app.read(register["service"])
    assert app.read(uuid4())[0] == 404


def test_customers_are_found_by_number(program: Make, register: Register) -> None:
    status, answer = program().read(customer_nos=["李小明-10001", "谁也不是"])
    assert status == 200
    assert answer["results"][0]["id"] == str(register["li"])
    assert answer["results"][1]["code"] == "customer.unknown"
    assert "谁也不是" not in str(answer)


def test_number_of_another_department_is_unknown(program: Make) -> None:
    app = program()
    assert app.read(customer_nos=["孙悦-10004"]) == app.read(customer_nos=["不存在"])


def test_records_of_a_customer_come_with_their_lines(program: Make, register: Register) -> None:
    status, answer = program().read(register["huaxin"], fields=("contact_mobile", "order_no", "line_no"))
    assert status == 200
    records = {record["kind"]: record for record in answer["results"][0]["records"]}
    assert records["contact"]["values"]["contact_mobile"]["text"] == "13511112222"
    assert records["order"]["lines"] == [{"line_no": "1"}, {"line_no": "2"}]


def test_more_customers_cost_no_more_statements(
    program: Make, register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = program()
    app.read(register["li"], register["zhang"], register["huaxin"])
    sent, wait = [0], psycopg.Connection.wait

    def counted(self: psycopg.Connection, *arguments: Any, **named: Any) -> Any:
        sent[0] += 1
        return wait(self, *arguments, **named)

    monkeypatch.setattr(psycopg.Connection, "wait", counted)
    assert app.read(register["li"], register["zhang"])[0] == 200
    two, sent[0] = sent[0], 0
    assert app.read(register["li"], register["zhang"], register["huaxin"])[0] == 200
    assert sent[0] == two


@pytest.mark.parametrize("clear", [True, False])
def test_every_field_of_the_purpose_can_be_read(program: Make, register: Register, *, clear: bool) -> None:
    rule = rulebooks["rulebook"].purpose(SALES)
    assert rule is not None
    fields = rulebooks["rulebook"].fields()
    every = tuple(key for key in offered(fields, [rule]) if fields[key].masking_rule not in NEVER_CLEAR)
    app = program(readable=every, clear=every if clear else [])
    for customer in ("li", "huaxin"):
        status, answer = app.read(register[customer], fields=every)
        assert status == 200
        shown = answer["results"][0]
        cells = [shown["values"], *(record["values"] for record in shown["records"])]
        assert {value["form"] for cell in cells for value in cell.values()} <= (
            {"clear"} if clear else {"clear", "masked", "hidden"}
        )
        assert all(
            value["text"] is None for cell in cells for value in cell.values() if value["form"] == "hidden"
        )
