"""What a token does not include is refused with rule, article and a way out, in the reader's language."""

from typing import Any

import pytest

from shouxin.api.tests.conftest import Make
from shouxin.journal.models import Entry
from tests.register import SALES, Register

READ = {"purpose": SALES, "reason": "delivery", "fields": ["mobile"]}

ROWS: dict[str, tuple[dict[str, Any], int, str]] = {
    "another purpose": ({"purpose": "service"}, 403, "client.purpose"),
    "no such purpose": ({"purpose": "anything"}, 403, "purpose.unknown"),
    "a field outside the token": ({"fields": ["mobile", "email"]}, 403, "client.field"),
    "a field the purpose does not need": ({"fields": ["ethnicity"]}, 422, "field.not-for-purpose"),
    "no such field": ({"fields": ["shoe_size"]}, 422, "field.unknown"),
    "an unknown reason": ({"reason": "curiosity"}, 422, "request.invalid"),
    "no reason": ({"reason": ""}, 422, "request.invalid"),
    "no customer": ({"ids": []}, 422, "request.invalid"),
}


@pytest.mark.parametrize("name", list(ROWS))
def test_refusal_has_a_code_a_rule_and_the_fields(program: Make, register: Register, name: str) -> None:
    changes, status, code = ROWS[name]
    app = program()
    found, problem = app.read(register["li"], **changes)
    assert (found, problem["code"]) == (status, code)
    assert problem["status"] == status
    assert problem["type"].endswith(code)
    if status == 403:
        assert problem["article"]
        assert problem["reason"]


def test_problem_names_the_field(program: Make, register: Register) -> None:
    _, problem = program().read(register["li"], fields=("mobile", "email"))
    assert [error["field"] for error in problem["errors"]] == ["email"]
    assert {way["code"] for way in problem["ways"]} == {"drop_field", "extend_client"}


@pytest.mark.parametrize(
    ("language", "words"), [("zh-CN", "此令牌不包括字段"), ("en-GB,en;q=0.9", "does not include")]
)
def test_problem_speaks_the_language_asked_for(
    program: Make, register: Register, language: str, words: str
) -> None:
    body = {**READ, "fields": ["email"], "ids": [str(register["li"])]}
    response = program().send("POST", "customers:read", body, Accept_Language=language)
    problem = response.json()
    assert words in problem["detail"]
    assert response.headers["Content-Type"] == "application/problem+json"
    assert "Accept-Language" in response.headers["Vary"]


def test_refusal_stands_in_the_journal(program: Make, register: Register) -> None:
    app = program()
    app.read(register["li"], fields=("email",))
    assert Entry.objects.filter(event="read.refused", actor=app.client.pseudonym).count() == 1


def test_client_that_may_only_read_writes_nothing(program: Make) -> None:
    app = program(writable=[])
    status, problem = app.call("POST", "customers", {**app.footing(), **app.person()})
    assert (status, problem["code"]) == (403, "role.not-allowed")


def test_client_that_may_only_write_reads_nothing(program: Make, register: Register) -> None:
    app = program(readable=[], clear=[])
    assert app.read(register["li"])[0] == 403
    assert app.call("POST", "customers:search", {"purpose": SALES, "term": "张伟"})[0] == 403


def test_masked_to_everybody_stays_masked_to_a_program_of_another_department(
    program: Make, register: Register
) -> None:
    from shouxin.customers.registry.models import Customer

    Customer.objects.filter(id=register["service"]).update(scope="organisation")
    status, answer = program().read(register["service"])
    assert status == 200
    assert answer["results"][0]["values"]["mobile"]["form"] == "masked"
