"""Names in any script, phones, addresses and documents of any country come back as they were given (clause C9.0)."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.core.identifiers import mask
from shouxin.core.policy import Action
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Customer, Kind, Scope
from shouxin.customers.registry.rules import check_record
from shouxin.customers.registry.search import search
from shouxin.gate import services as gate
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import clock
from tests.register import FOOTING, SALES, Register, grant, kept

pytestmark = pytest.mark.django_db

NAMES = [
    "Müller-Lüdenscheidt, Jürgen", "José María de la Cruz y Núñez", "O’Brien", "Nguyễn Thị Minh Khai", "Łukasz Żółć",
    "Александра Фёдоровна Петрова", "محمد بن عبد الله", "יוסף כהן", "สมชาย ใจดี", "राजेन्द्र कुमार", "김민수", "山田 太郎",
    "買買提·艾力", "古丽娜尔·阿不都热合曼", "𠮷野家", "X Æ A-12", "Þórður Gunnarsson", "வெங்கடேசன்",
    "ქეთევან ბერიძე", "陳大文 CHAN Tai Man",
]  # fmt: skip
ADDRESSES = [
    "Straße des 17. Juni 135\n10623 Berlin\nDeutschland", "東京都千代田区丸の内1丁目9-1\n〒100-0005\n日本",
    "Flat B, 12/F, 8 Queen's Road Central\nHong Kong", "1600 Pennsylvania Ave NW\nWashington, DC 20500\nUSA",
    "ул. Тверская, д. 7, кв. 12\nМосква 125009\nРоссия", "شارع التحرير ١٢\nالقاهرة\nمصر",
]  # fmt: skip
PHONES = [
    "+49 30 901820",
    "+81 3-1234-5678",
    "+1 (415) 555-2671",
    "+44 20 7946 0958",
    "+852 2123 4567",
    "+971 4 123 4567",
]


def stored(register: Register, rows: list[dict[str, str]]) -> list[Customer]:
    clerk, sales = register.world.actor("clerk"), register.world.departments["sales"].id
    entries = [CustomerEntry(Kind.PERSON, kept(row), sales, Scope.DEPARTMENT, clerk.id) for row in rows]
    done = services.store(actor=clerk, footing=FOOTING, entries=entries, now=clock.now())
    known = Customer.objects.in_bulk([one.customer for one in done])
    return [known[one.customer] for one in done]


def revealed(register: Register, row: Customer, fields: list[str]) -> dict[str, str | None]:
    clerk, now = register.world.actor("clerk"), clock.now()
    gate.open_contact(
        actor=clerk, customer=row.id, purpose=SALES, reason_class="customer_called", note="", now=now
    )
    view = queries.profile(
        actor=clerk,
        purpose=SALES,
        row=row,
        fields=fields,
        action=Action.REVEAL,
        reason="customer_called",
        now=clock.now(),
    )
    return {key: cell.text for key, cell in view.cells.items()}


@pytest.mark.clause("C9.0")
def test_names_phones_and_addresses_come_back_as_they_were_given(register: Register) -> None:
    grant(register)
    rows = [
        {
            "person_name": name,
            "mobile": PHONES[i % len(PHONES)],
            "home_address": ADDRESSES[i % len(ADDRESSES)],
        }
        for i, name in enumerate(NAMES)
    ]
    for given_, row in zip(rows, stored(register, rows), strict=True):
        got = revealed(register, row, ["person_name", "mobile"])
        assert got == {"person_name": given_["person_name"], "mobile": given_["mobile"]}
        masked = queries.profile(
            actor=register.world.actor("clerk"), purpose=SALES, row=row, fields=["home_address", "person_name"],
            action=Action.VIEW, reason="", now=clock.now(),
        ).cells  # fmt: skip
        assert masked["home_address"].text == mask("M-ADDR", given_["home_address"]) != given_["home_address"]
        assert masked["person_name"].text != given_["person_name"]


@pytest.mark.parametrize("name", NAMES)
def test_any_name_is_taken_without_a_refusal(register: Register, name: str) -> None:
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    checked = check_record(
        {"person_name": name}, record="profile", subject="person", rules=rulebooks["rulebook"].fields(),
        purpose=purpose, today=clock.today(), partial=True,
    )  # fmt: skip
    assert not checked.refused
    assert checked.values["person_name"].text == name


@pytest.mark.clause("C9.0")
def test_they_are_found_by_name_and_number(register: Register) -> None:
    rows = stored(
        register,
        [{"person_name": name} for name in NAMES[:6]] + [{"mobile": PHONES[1], "person_name": "山田"}],
    )
    actor = register.world.actor("clerk")
    for name, row in zip(NAMES[:6], rows, strict=False):
        found = search(actor=actor, purpose=SALES, term=name, now=clock.now())
        assert [view.row.id for view in found.customers] == [row.id]
    (found_by_number,) = search(actor=actor, purpose=SALES, term="+81312345678", now=clock.now()).customers
    assert found_by_number.row.id == rows[6].id


@given(st.text(st.characters(categories=["Ll", "Lu", "Lo", "Lt"]), min_size=2, max_size=30))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_letters_of_any_script_are_never_refused_as_a_name(ruled: object, name: str) -> None:
    purpose = rulebooks["rulebook"].purpose(SALES)
    assert purpose
    checked = check_record(
        {"person_name": name}, record="profile", subject="person", rules=rulebooks["rulebook"].fields(),
        purpose=purpose, today=clock.today(), partial=True,
    )  # fmt: skip
    assert not checked.refused, checked.problems
