"""The demonstration organisation is valid, reproducible, complete and nobody's."""

import re
from collections.abc import Iterator
from datetime import date

import pytest

from shouxin.core.identifiers import check, recognise
from shouxin.core.policy import Role
from shouxin.operations.demo.generation import generate
from shouxin.operations.demo.shapes import DemoCustomer, Demonstration, Values

TODAY = date(2026, 11, 21)
KINDS = {
    "person_name": "NAME", "legal_rep_name": "NAME", "contact_name": "NAME", "company_name": "ORGANISATION",
    "mobile": "MOBILE", "contact_mobile": "MOBILE", "landline": "LANDLINE", "contact_landline": "LANDLINE",
    "email": "EMAIL", "contact_email": "EMAIL", "wechat_id": "WECHAT", "home_address": "ADDRESS",
    "household_address": "ADDRESS", "registered_address": "ADDRESS", "delivery_address": "ADDRESS",
    "postal_code": "POST", "gender": "GENDER", "birth_date": "PAST-DATE", "id_number": "ID-CN18",
    "id_valid_to": "OPEN-DATE", "bank_card_no": "BANKCARD", "bank_account_corp": "ACCOUNT", "uscc": "USCC",
    "income": "AMOUNT", "lease_amount": "AMOUNT", "contract_amount": "AMOUNT", "vehicle_plate": "PLATE", "vin": "VIN",
    "order_date": "PAST-DATE", "ship_date": "PAST-DATE", "contract_signed_on": "PAST-DATE", "contract_start": "DATE",
    "contract_end": "DATE", "interaction_at": "DATETIME", "line_sales": "AMOUNT", "line_profit": "AMOUNT",
    "line_quantity": "QUANTITY", "line_discount": "RATE",
}  # fmt: skip


@pytest.fixture(scope="module")
def made() -> Demonstration:
    return generate(20261121)


def all_values(customer: DemoCustomer) -> Iterator[Values]:
    yield customer.values
    for record in customer.records:
        yield record.values
        yield from record.lines


def test_same_seed_same_organisation(made: Demonstration) -> None:
    assert generate(20261121) == made
    assert generate(20261121, 50).customers == made.customers[:50]
    assert generate(1, 5).customers != made.customers[:5]


def test_every_value_passes_its_check_but_those_meant_to_fail(made: Demonstration) -> None:
    for customer in made.customers:
        failed = {
            key
            for values in all_values(customer)
            for key, value in values.items()
            if key in KINDS and check(KINDS[key], value, today=TODAY)
        }
        assert failed == customer.flaws, customer.number
    assert 10 <= sum(bool(customer.flaws) for customer in made.customers) <= 40


def test_it_is_as_big_and_mixed_as_promised(made: Demonstration) -> None:
    people = [c for c in made.customers if c.kind == "person"]
    companies = [c for c in made.customers if c.kind == "organisation"]
    assert len(made.customers) == 2000
    assert len(people) > len(companies) > 500
    for company in companies:
        assert 1 <= sum(r.kind == "contact" for r in company.records) <= 3
    names = [c.values["person_name"] for c in people]
    assert any("·" in name for name in names)
    assert any(ord(char) > 0xFFFF for name in names for char in name)
    assert any(name.isascii() for name in names)
    years = {r.values["order_date"][:4] for c in made.customers for r in c.records if r.kind == "order"}
    assert years == {"2024", "2025", "2026"}
    assert any("vin" in r.values for c in made.customers for r in c.records)
    assert any(
        recognise(r.values["interaction_note"])
        for c in made.customers
        for r in c.records
        if r.kind == "interaction"
    )
    assert len({c.province for c in made.customers}) > 25


def test_some_people_are_entered_twice_and_who_is_known(made: Demonstration) -> None:
    by_number = {c.number: c for c in made.customers}
    again = [c for c in made.customers if c.same_as]
    assert 20 <= len(again) <= 100
    for one in again:
        earlier = by_number[one.same_as].values
        kept = [
            key
            for key in ("person_name", "mobile", "home_address")
            if one.values.get(key) == earlier.get(key)
        ]
        assert len(kept) >= 2, one.number
        assert one.values.get("id_number") == earlier.get("id_number")
        assert not by_number[one.same_as].same_as


def test_what_must_be_unique_is(made: Demonstration) -> None:
    numbers = [c.number for c in made.customers]
    assert len(set(numbers)) == len(numbers)
    for key in ("order_no", "contract_no"):
        found = [r.values[key] for c in made.customers for r in c.records if key in r.values]
        assert len(set(found)) == len(found)


def test_identity_agrees_with_birth_and_sex(made: Demonstration) -> None:
    for customer in made.customers:
        values = customer.values
        if "id_number" in values and not customer.flaws:
            assert int(values["id_number"][16]) % 2 == int(values["gender"]) % 2
            if "birth_date" in values:
                assert values["id_number"][6:14] == values["birth_date"].replace("-", "")


def test_numbers_belong_to_nobody(made: Demonstration) -> None:
    for customer in made.customers:
        for values in all_values(customer):
            assert re.fullmatch(r"\d\d0000\d{11}[\dX]", values.get("id_number", "110000000000000000"))
            for key in ("mobile", "contact_mobile"):
                assert values.get(key, "154").startswith("154")
            for key in ("email", "contact_email"):
                assert re.search(r"\bexample\.(com|net|org)$", values.get(key, "@example.com"))
            assert values.get("uscc", "91000000YY")[8:10] == "YY"


def test_staff_fill_every_role_and_department(made: Demonstration) -> None:
    assert {role for person in made.staff for role in person.roles} == set(Role)
    assert {d.name for d in made.departments} >= {
        "市场部",
        "销售部",
        "客服部",
        "信息技术部",
        "租赁部",
        "管理层",
        "合规部",
    }
    heads = {person.user_name: person for person in made.staff if Role.HEAD in person.roles}
    for department in made.departments:
        members = {p.user_name for p in made.staff if p.department == department.key}
        assert department.head in members
        assert department.head in heads or department.key == "compliance"
    assert len({person.user_name for person in made.staff}) == len(made.staff)
    assert all(len(person.password) >= 12 for person in made.staff)


def test_customers_are_looked_after_by_clerks_of_their_department(made: Demonstration) -> None:
    clerks = {p.user_name: p.department for p in made.staff if Role.CLERK in p.roles}
    assert all(clerks[c.responsible] == c.department for c in made.customers)
