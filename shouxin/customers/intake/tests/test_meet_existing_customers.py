"""A file meets customers that are there already: filled in, replaced, skipped, or refused without a word about them."""

import pytest

from shouxin.customers.intake import queries
from shouxin.customers.intake.models import Existing, ImportBatch
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer, Record, Scope, Source
from shouxin.journal.models import Entry
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码", "电子邮箱")
ORDERS = ("客户编号", "姓名", "订单编号", "订单日期", "产品名称", "销售额")
# 张伟-10002 is of the clerk's department and has a phone but no e-mail.
FILE = cast.table(HEADER, ("张伟-10002", "张伟", "13900000000", "zw@example.com"), ("新-1", "新人", "", ""))


def zhang(register: Register) -> cast.Kept:
    return cast.kept([register["zhang"]])["张伟-10002"]


def test_gaps_are_filled_and_nothing_is_overwritten(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv", existing=Existing.FILL)
    assert cast.counts(batch) == (1, 1, 0, 0, 0)
    assert batch.findings["existing"] == 1
    assert batch.findings["customers"] == 1
    assert zhang(register).values["email"] == "zw@example.com"
    assert zhang(register).values["mobile"] == "13987654321"
    assert Customer.objects.get(id=register["zhang"]).revision == 2


def test_the_file_replaces_what_differs_when_asked_to(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv", existing=Existing.REPLACE)
    assert cast.counts(batch) == (1, 1, 0, 0, 0)
    assert zhang(register).values["mobile"] == "13900000000"


def test_existing_customers_are_skipped_when_asked_to(register: Register) -> None:
    batch = cast.imported(register, FILE, "f.csv", existing=Existing.SKIP)
    assert cast.counts(batch) == (1, 0, 0, 0, 1)
    assert "email" not in zhang(register).values


def test_a_number_held_by_another_department_is_refused_and_says_nothing_of_it(register: Register) -> None:
    rows = [("孙悦-10004", "孙悦", "", "x@example.com"), ("赵云-10003", "赵云", "", "y@example.com")]
    before = [c.revision for c in Customer.objects.order_by("id")]
    batch = cast.imported(register, cast.table(HEADER, *rows), "f.csv", existing=Existing.REPLACE)
    assert cast.counts(batch) == (0, 0, 0, 2, 0)
    told = set(cast.reasons(batch).values())
    assert len(told) == 1
    for word in ("客服部", "Service", "陈刚", "13611112222", "13700001111"):
        assert word not in told.pop() if told else True
    assert [c.revision for c in Customer.objects.order_by("id")] == before
    assert Entry.objects.filter(event="write.refused").exists()


@pytest.mark.clause("C4.2")
def test_data_from_outside_waits_beside_customers_that_are_there(register: Register) -> None:
    batch = cast.imported(
        register, FILE, "f.csv", source=Source.EXTERNAL, supplier="甲公司", evidence="合同 1 号"
    )
    assert cast.counts(batch) == (1, 0, 0, 0, 0)
    assert batch.waiting_count == 1
    assert "email" not in zhang(register).values


def test_the_same_file_again_is_recognised_and_brings_nothing_new(register: Register) -> None:
    rows = [
        ("S-1", "王一", "CN-1", "2026-10-01", "椅", "10"),
        ("S-1", "王一", "CN-1", "2026-10-01", "椅", "10"),  # two equal lines are two lines
        ("S-1", "王一", "CN-1", "2026-10-05", "桌", "20"),
        ("S-2", "赵二", "CN-1", "2026-10-01", "灯", "30"),
    ]
    content = cast.table(ORDERS, *rows)
    first = cast.imported(register, content, "orders.csv")
    before = cast.kept(batch=first.id)
    for existing in (Existing.FILL, Existing.REPLACE):
        again = cast.imported(register, content, "renamed.csv", existing=existing)
        assert bytes(again.fingerprint) == bytes(first.fingerprint)
        assert first.id in {one.id for one in queries.same_file(register.world.actor("clerk"), again)}
        assert cast.counts(again) == (0, 0, 0, 0, 4)
    assert cast.kept(batch=first.id) == before


def test_another_file_is_not_taken_for_the_same(register: Register) -> None:
    cast.imported(register, FILE, "f.csv")
    other = cast.upload(register, FILE + b"\r\n", "f.csv")
    assert not queries.same_file(register.world.actor("clerk"), other)
    theirs = cast.upload(register, FILE, "f.csv", who="agent")
    assert not queries.same_file(register.world.actor("agent"), theirs)


def test_lines_are_added_to_an_order_that_is_there(register: Register) -> None:
    first = cast.table(ORDERS, ("S-1", "王一", "CN-1", "2026-10-01", "椅", "10"))
    cast.imported(register, first, "one.csv")
    header = ("客户编号", "订单编号", "产品名称", "数量")
    batch = cast.imported(register, cast.table(header, ("S-1", "CN-1", "桌", "3")), "two.csv")
    assert cast.counts(batch) == (0, 1, 0, 0, 0)
    (lines,) = (o["CN-1"] for o in [one.orders() for one in cast.kept().values() if "CN-1" in one.orders()])
    assert [line["product_name"] for line in lines] == ["椅", "桌"]
    assert [line.get("line_sales", "") for line in lines] == ["10", ""]
    assert [line.get("line_quantity", "") for line in lines] == ["", "3"]
    assert Record.objects.filter(kind="order").count() == 2  # with the one of the cast


def test_lines_stay_with_their_order_when_the_file_brings_other_columns(register: Register) -> None:
    cast.imported(
        register,
        cast.table(ORDERS, *[("S-1", "王一", "CN-1", "2026-10-01", name, "10") for name in ("椅", "桌")]),
        "one.csv",
    )
    header = ("客户编号", "订单编号", "折扣")
    batch = cast.imported(register, cast.table(header, ("S-1", "CN-1", "0.2")), "two.csv")
    assert cast.counts(batch) == (0, 1, 0, 0, 0)
    lines = cast.kept(batch=ImportBatch.objects.order_by("id")[0].id)["S-1"].orders()["CN-1"]
    assert [(line["product_name"], line["line_discount"]) for line in lines] == [
        ("椅", ""),
        ("桌", ""),
        ("", "0.2"),
    ]


def test_a_later_file_with_one_more_column_completes_the_lines(register: Register) -> None:
    rows = [("S-1", "王一", "CN-1", "2026-10-01", name, "10") for name in ("椅", "桌")]
    first = cast.imported(register, cast.table(ORDERS, *rows), "one.csv")
    more = [(*row, quantity) for row, quantity in zip(rows, ("2", "3"), strict=True)]
    batch = cast.imported(register, cast.table((*ORDERS, "数量"), *more), "two.csv")
    assert cast.counts(batch) == (0, 1, 1, 0, 0)
    lines = cast.kept(batch=first.id)["S-1"].orders()["CN-1"]
    assert [line["line_quantity"] for line in lines] == ["2", "3"]


def test_a_line_number_with_other_content_is_refused_unless_the_file_replaces(register: Register) -> None:
    header = ("客户编号", "姓名", "订单编号", "行号", "产品名称")
    plain = {"columns": {"": ["customer_no", "person_name", "order_no", "line_no", "product_name"]}}
    cast.imported(register, cast.table(header, ("S-1", "王一", "CN-1", "1", "椅")), "one.csv", **plain)
    other = cast.table(header, ("S-1", "王一", "CN-1", "1", "桌"))
    assert cast.counts(cast.imported(register, other, "two.csv", **plain)) == (0, 0, 0, 1, 0)
    replaced = cast.imported(register, other, "two.csv", existing=Existing.REPLACE, **plain)
    assert cast.counts(replaced) == (0, 1, 0, 0, 0)


def test_a_customer_seen_by_its_own_people_alone_stays_so(register: Register) -> None:
    batch = cast.imported(
        register, FILE, "f.csv", scope=Scope.OWN, responsible=register.world.people["clerk"].id
    )
    created = Customer.objects.get(batch_id=batch.id)
    assert (created.scope, created.responsible_id) == ("own", register.world.people["clerk"].id)
    assert Customer.objects.get(id=register["zhang"]).scope == "department"
