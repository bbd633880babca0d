"""Two customers become one: what is taken, what stays, who may, and that undoing gives back exactly what was there."""

import random
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction

from shouxin.core.policy import NotAllowed
from shouxin.customers.duplicates import carrying, merging
from shouxin.customers.duplicates.models import Merge
from shouxin.customers.duplicates.services import DuplicateProblem
from shouxin.customers.registry import clear, queries, services
from shouxin.customers.registry.entries import CustomerEntry, Footing, RecordEntry
from shouxin.customers.registry.models import Channel, Customer, Kind, Method, RecordKind, Scope
from shouxin.customers.registry.search import search
from shouxin.gate import services as gate
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.vault import services as vault
from tests.register import FOOTING, SALES, Register, kept

pytestmark = pytest.mark.django_db

TWIN = {
    "person_name": "李晓明",
    "mobile": "13812345678",
    "customer_no": "李晓明-20001",
    "email": "li@example.cn",
    "home_address": "北京市海淀区中关村大街1号院2号楼302",
}


def store(register: Register, values: dict[str, str], *, who: str = "clerk", **more: Any) -> UUID:
    entry = CustomerEntry(
        Kind.PERSON,
        kept(values),
        register.world.departments["sales"].id,
        more.pop("scope", Scope.DEPARTMENT),
        register.world.people["clerk"].id,
        records=[RecordEntry(RecordKind.INTERACTION, kept({"interaction_note": "来电"}))],
        **more,
    )
    footing = Footing(SALES, Channel.FEEDBACK, Method.HAND)
    (done,) = services.store(
        actor=register.world.actor(who), footing=footing, entries=[entry], now=clock.now()
    )
    return done.customer


def merge(register: Register, into: UUID, gone: UUID, *, who: str = "sales_head", **more: Any) -> Merge:
    rows = {row.id: row.revision for row in Customer.objects.filter(id__in=[into, gone])}
    given = {"revisions": (rows[into], rows[gone]), "chosen": [], "purpose": SALES, **more}
    return merging.merge(
        actor=register.world.actor(who), survivor=into, absorbed=gone, now=clock.now(), **given
    )


def undo(register: Register, row: Merge, *, who: str = "sales_head") -> Merge:
    return merging.undo(actor=register.world.actor(who), purpose=SALES, merge=row.id, now=clock.now())


def profile(customer: UUID) -> dict[str, tuple[Any, ...]]:
    """Every value of the profile with its provenance, mark and problem."""
    row = Customer.objects.get(id=customer)
    with transaction.atomic():
        opened = carrying.open_both(row, row, clock.now())
    return {
        key: (one.text, one.provenance, one.mark, one.problem)
        for key, one in opened.of[customer].values.items()
    }


def content(*customers: UUID) -> list[Any]:
    """All that is kept of these customers: values, sealed bytes, their history, tokens, numbers, who may see."""
    found: list[Any] = []
    for customer in customers:
        row = Customer.objects.get(id=customer)
        found += [
            sorted(profile(customer).items()),
            (row.absorbed_by, row.scope, row.restricted, row.segment, row.province, row.public_values),
            (row.owner_department_id, row.responsible_id, row.visibility, row.batch_id, row.created_by),
            sorted((str(key), origin) for key, origin in clear.origins([row]).get(row.id, {}).items()),
        ]
        with connection.cursor() as cursor:
            for table, columns in (
                ("customers_record", "id, kind, ended_at"),
                ("vault_search_token", "place, record_id, field, kind, version, token"),
                ("vault_business_key", "field, token, storage_group, record_id"),
                ("vault_sealed_record", "storage_group, record_id, revision, sealed, at, by"),
                ("vault_sealed_history", "storage_group, record_id, revision, sealed, at, by"),
                ("customers_clear_version", 'id, revision, "values", provenance, at, by'),
            ):
                cursor.execute(
                    f"SELECT DISTINCT {columns} FROM {table} WHERE customer_id = %s ORDER BY {columns}",
                    [customer],
                )
                found.append(
                    sorted(
                        [
                            tuple(bytes(c) if isinstance(c, memoryview) else c for c in r)
                            for r in cursor.fetchall()
                        ],
                        key=str,
                    )
                )
    return found


def test_the_survivor_gets_what_was_chosen_and_what_it_lacked_with_its_provenance(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    theirs, ours = profile(twin), profile(li)
    row = merge(register, li, twin, chosen=["home_address"])
    assert row.fields == ["email", "home_address"]
    after = profile(li)
    assert after["home_address"] == theirs["home_address"]
    assert after["email"] == theirs["email"]
    assert {key: after[key] for key in ours if key not in row.fields} == {
        key: ours[key] for key in ours if key not in row.fields
    }
    assert after["email"][1] != ours["mobile"][1]  # the footing it came with, not the merge's


def test_both_numbers_find_the_one_that_stands_and_each_timeline_tells(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    merge(register, li, twin)
    for term in ("李小明-10001", "李晓明-20001"):
        hits = search(
            actor=register.world.actor("clerk"), purpose=SALES, term=term, now=clock.now()
        ).customers
        assert [view.row.id for view in hits] == [li]
    assert timeline(li)[0].event == "customer.merged"
    assert timeline(twin)[0].event == "customer.absorbed"
    assert "李" not in str(timeline(li)[0].data)


@pytest.mark.parametrize("chosen", [[], ["home_address", "person_name", "mobile", "email", "segment"]])
def test_undoing_restores_byte_equal_content(register: Register, chosen: list[str]) -> None:
    li, twin = register["li"], store(register, TWIN, scope=Scope.OWN)
    Customer.objects.filter(id=twin).update(restricted=False)
    before = content(li, twin)
    row = merge(register, li, twin, chosen=chosen)
    assert content(li, twin) != before
    undo(register, row)
    assert content(li, twin) == before
    assert [line.event for line in timeline(twin)[:2]] == ["customer.released", "customer.absorbed"]


def test_organisations_get_their_clear_values_back_with_their_footing(register: Register) -> None:
    huaxin = register["huaxin"]
    entry = CustomerEntry(
        Kind.ORGANISATION,
        kept({"company_name": "华信家具公司", "business_scope": "家具销售", "landline": "010-12345678"}),
        register.world.departments["sales"].id,
        Scope.DEPARTMENT,
        register.world.people["clerk"].id,
    )
    (done,) = services.store(
        actor=register.world.actor("clerk"), footing=FOOTING, entries=[entry], now=clock.now()
    )
    before = content(huaxin, done.customer)
    row = merge(register, huaxin, done.customer, chosen=["company_name"])
    assert Customer.objects.get(id=huaxin).public_values["company_name"] == "华信家具公司"
    assert Customer.objects.get(id=huaxin).public_values["business_scope"] == "家具销售"
    undo(register, row)
    assert content(huaxin, done.customer) == before


def test_what_was_changed_after_the_merge_stays(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    row = merge(register, li, twin, chosen=["home_address"])
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=li,
        revision=Customer.objects.get(id=li).revision,
        values=kept({"home_address": "北京市朝阳区建国路1号"}),
        now=clock.now(),
    )
    undo(register, row)
    after = profile(li)
    assert after["home_address"][0] == "北京市朝阳区建国路1号"
    assert "email" not in after


def test_the_strictest_of_both_holds_and_goes_again(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN, scope=Scope.OWN)
    row = merge(register, li, twin)
    assert Customer.objects.get(id=li).scope == Scope.OWN
    undo(register, row)
    assert Customer.objects.get(id=li).scope == Scope.DEPARTMENT


def test_merges_are_undone_the_newest_first_and_chains_come_apart(register: Register) -> None:
    li, twin, third = register["li"], store(register, TWIN), store(register, {"person_name": "李小明"})
    before = content(li, twin, third)
    first = merge(register, twin, third)
    second = merge(register, li, twin)
    assert Customer.objects.get(id=third).absorbed_by == li
    with pytest.raises(DuplicateProblem, match="not-the-last"):
        undo(register, first)
    undo(register, second)
    assert Customer.objects.get(id=third).absorbed_by == twin
    undo(register, first)
    assert content(li, twin, third) == before


def test_two_into_one_come_apart_in_order(register: Register) -> None:
    li, twin, third = register["li"], store(register, TWIN), store(register, {**TWIN, "customer_no": "3"})
    before = content(li, twin, third)
    first = merge(register, li, twin, chosen=["home_address"])
    second = merge(register, li, third, chosen=["home_address"])
    with pytest.raises(DuplicateProblem, match="not-the-last"):
        undo(register, first)
    undo(register, second)
    undo(register, first)
    assert content(li, twin, third) == before


def test_nothing_is_undone_after_destruction(register: Register) -> None:
    li, twin = register["li"], store(register, TWIN)
    row = merge(register, li, twin)
    with connection.cursor() as cursor:
        cursor.execute("SELECT storage_group FROM vault_group WHERE customer_id = %s LIMIT 1", [twin])
        group = cursor.fetchone()[0]
    vault.destroy_groups(actor=register.world.actor("officer"), groups=[(twin, group)], reason="retention")
    with pytest.raises(DuplicateProblem, match="destroyed"):
        undo(register, row)


def test_who_may_not_see_both_or_heads_one_alone_merges_nothing(register: Register) -> None:
    """Attack: a clerk; a head with a customer of another department; somebody who guesses ids."""
    li, twin, service = register["li"], store(register, TWIN), register["service"]
    with pytest.raises(NotAllowed):
        merge(register, li, twin, who="clerk")
    with pytest.raises(gate.Refused):
        merge(register, li, service)
    Customer.objects.filter(id=service).update(responsible=register.world.people["sales_head"])
    with pytest.raises(DuplicateProblem, match="departments-differ"):
        merge(register, li, service)
    with pytest.raises(gate.Refused):
        merge(register, li, twin, who="marketing_head")
    assert not Merge.objects.exists()
    merge(register, li, service, who="top_head")  # who heads both may


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("changed-meanwhile", {"revision": 7}),
        ("merged-meanwhile", {"absorbed_by": UUID(int=7)}),
        ("kinds-differ", {"kind": "organisation"}),
    ],
)
def test_what_is_no_longer_as_it_was_shown_is_not_merged(
    register: Register, code: str, change: dict[str, Any]
) -> None:
    li, twin = register["li"], store(register, TWIN)
    revision = Customer.objects.get(id=twin).revision
    if "absorbed_by" in change:
        change = {"absorbed_by": register["zhang"]}
    Customer.objects.filter(id=twin).update(**change)
    with pytest.raises(DuplicateProblem, match=code):
        merge(register, li, twin, revisions=(Customer.objects.get(id=li).revision, revision))
    assert queries.find(register.world.actor("clerk"), li)


POOL = {
    "person_name": ("李小明", "李晓明", "欧阳娜娜", "买买提·艾力"),
    "mobile": ("13812345678", "13900001111", "+86 138-1234-5678"),
    "email": ("a@example.cn", "b@example.cn"),
    "id_number": ("11010519491231002X", "110105491231002"),
    "home_address": ("北京市海淀区中关村大街1号院2号楼301", "上海市浦东新区世纪大道1号"),
    "delivery_address": ("广东省深圳市南山区科技路1号",),
    "segment": ("消费者", "企业客户"),
}


def drawn(r: random.Random) -> dict[str, str]:
    """A profile with some of the fields, never without a name."""
    found = {key: r.choice(texts) for key, texts in POOL.items() if r.random() < 0.6}
    return {"person_name": r.choice(POOL["person_name"]), **found}


@pytest.mark.clause("C5.5")
def test_whatever_two_profiles_hold_and_whatever_is_chosen_undoing_gives_it_back(register: Register) -> None:
    r = random.Random(20261126)
    for _ in range(8):
        one, other = store(register, drawn(r)), store(register, drawn(r), scope=r.choice(list(Scope)))
        before, chosen = content(one, other), [key for key in POOL if r.random() < 0.5]
        undo(register, merge(register, one, other, chosen=chosen))
        assert content(one, other) == before, chosen
