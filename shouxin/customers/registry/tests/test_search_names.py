"""Whoever's name contains the typed characters is found, and nobody else; over names as they really occur."""

from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shouxin.core.identifiers import normalise, spelling
from shouxin.customers.registry import services
from shouxin.customers.registry.entries import CustomerEntry
from shouxin.customers.registry.models import Kind, Scope
from shouxin.customers.registry.search import search
from shouxin.kit import clock
from tests.register import FOOTING, PEOPLE, SALES, Register, kept

pytestmark = pytest.mark.django_db

SURNAMES = ["王", "张", "单", "曾", "欧阳", "尉迟", "司马", "𠮷", "㐆", "长孙"]
GIVEN = ["伟", "小明", "娜娜", "志强", "𠀀", "𡘙文", "建国", "欧", "阳光", "雄信"]
NAMES = [surname + given for surname in SURNAMES for given in GIVEN[:6]] + [
    "买买提·艾力", "阿依古丽·买买提", "迪丽热巴·迪力木拉提", "阿卜杜拉•吐尔逊", "古力 娜扎",
    "José García López", "Ada Lovelace", "Søren Kierkegaard", "Li Bo", "王Alex", "김민수",
]  # fmt: skip


def store(register: Register, names: list[str]) -> dict[UUID, str]:
    sales = register.world.departments["sales"].id
    entries = [
        CustomerEntry(
            Kind.PERSON,
            kept({"person_name": name, "mobile": f"1370000{n:04}", "customer_no": f"N-{n}"}),
            sales,
            Scope.DEPARTMENT,
        )
        for n, name in enumerate(names)
    ]
    done = services.store(
        actor=register.world.actor("clerk"), footing=FOOTING, entries=entries, now=clock.now()
    )
    return dict(zip((one.customer for one in done), names, strict=True))


def found(register: Register, term: str) -> set[UUID]:
    result = search(actor=register.world.actor("clerk"), purpose=SALES, term=term, now=clock.now())
    assert result.following is None
    return {view.row.id for view in result.customers}


def plain(name: str) -> str:
    return spelling.unspaced(normalise("NAME", name))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None
)
@given(st.data())
def test_exactly_those_whose_name_holds_the_characters_are_found(
    register: Register, data: st.DataObject
) -> None:
    if not hasattr(register, "stored"):
        cast = {register[name]: PEOPLE[name]["person_name"] for name in ("li", "zhang")}
        register.stored = cast | store(register, NAMES)  # type: ignore[attr-defined]
    stored: dict[UUID, str] = register.stored  # type: ignore[attr-defined]
    source = plain(data.draw(st.sampled_from([name for name in NAMES if len(plain(name)) > 1])))
    start = data.draw(st.integers(0, len(source) - 2))
    typed = source[start : data.draw(st.integers(start + 2, len(source)))]
    expected = {customer for customer, name in stored.items() if typed in plain(name)}
    if typed in {"欧阳", "尉迟", "司马", "长孙"}:
        expected = set()  # a surname alone lists a crowd
    assert found(register, typed) == expected


def test_foreign_names_are_found_by_beginnings_of_their_words(register: Register) -> None:
    stored = {name: customer for customer, name in store(register, NAMES).items()}
    for typed, name in {
        "jose": "José García López",
        "GARCIA LOP": "José García López",
        "lovelace ada": "Ada Lovelace",
        "Love": "Ada Lovelace",
        "søren": "Søren Kierkegaard",
        "li bo": "Li Bo",
        "alex": "王Alex",
        "김민": "김민수",
        "elace": "",
    }.items():
        assert found(register, typed) == ({stored[name]} if name else set()), typed


def test_pinyin_finds_every_reading_of_a_surname(register: Register) -> None:
    stored = {name: customer for customer, name in store(register, ["单雄信", "曾志强", "尉迟恭"]).items()}
    for typed, name in {
        "shanxiongxin": "单雄信",
        "dan xiong": "单雄信",
        "zengzhiqiang": "曾志强",
        "yuchigong": "尉迟恭",
        "zzq": "曾志强",
        "ycg": "尉迟恭",
        "sxx": "单雄信",
    }.items():
        assert found(register, typed) == {stored[name]}, typed


def test_a_changed_name_is_found_anew_and_no_more_by_the_old_one(register: Register) -> None:
    customer = register["zhang"]
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=customer,
        revision=1,
        values=kept({"person_name": "章小蕙"}),
        now=clock.now(),
    )
    assert found(register, "张伟") == found(register, "zhangwei") == set()
    assert (
        found(register, "小蕙") == found(register, "zhangxiaohui") == found(register, "章 4321") == {customer}
    )
