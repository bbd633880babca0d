"""A program finds customers by a value in the body; what comes back is masked."""

from shouxin.api.tests.conftest import Make
from shouxin.journal.models import Entry
from tests.register import PHONE, SALES, Register


def test_hit_is_masked_and_has_an_id(program: Make, register: Register) -> None:
    status, answer = program().call("POST", "customers:search", {"purpose": SALES, "term": PHONE})
    assert status == 200
    (hit,) = answer["hits"]
    assert hit["id"] == str(register["li"])
    assert hit["values"]["mobile"]["form"] == "masked"
    assert PHONE not in str(answer)


def test_customers_of_others_are_not_found(program: Make) -> None:
    status, answer = program().call("POST", "customers:search", {"purpose": SALES, "term": "孙悦"})
    assert (status, answer["hits"]) == (200, [])


def test_nobody_is_found_by_a_field_outside_the_token(program: Make) -> None:
    app = program(readable=["person_name"], clear=[])
    _, answer = app.call("POST", "customers:search", {"purpose": SALES, "term": PHONE})
    assert answer["hits"] == []
    _, answer = app.call("POST", "customers:search", {"purpose": SALES, "term": "李小明"})
    assert [set(hit["values"]) for hit in answer["hits"]] == [{"person_name"}]


def test_search_leaves_one_entry_without_the_term(program: Make) -> None:
    app = program()
    app.call("POST", "customers:search", {"purpose": SALES, "term": PHONE})
    entry = Entry.objects.get(event="list.searched", actor=app.client.pseudonym)
    assert PHONE.encode() not in bytes(entry.body)
