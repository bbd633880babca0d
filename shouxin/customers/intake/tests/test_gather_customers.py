"""Whose row it is: customers are known by their number alone, wherever the file scatters them, never by name."""

import pytest

from shouxin.customers.intake import grouping
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer
from tests.register import Register

pytestmark = pytest.mark.django_db(transaction=True)
HEADER = ("客户编号", "姓名", "手机号码")
ORDERS = ("客户编号", "姓名", "订单编号", "订单日期", "产品名称", "销售额")


def test_rows_of_one_number_are_one_customer_however_far_apart(register: Register) -> None:
    rows = [(f"K-{n % 7}", f"客户{'甲乙丙丁戊己庚'[n % 7]}", "") for n in range(40)]
    batch = cast.imported(register, cast.table(HEADER, *rows), "scattered.csv")
    assert cast.counts(batch) == (7, 0, 0, 0, 33)
    assert Customer.objects.filter(batch_id=batch.id).count() == 7


def test_a_number_written_in_two_ways_is_one_number(register: Register) -> None:
    rows = [("ab-1", "王一", "13812340001"), ("ＡＢ-1", "王一", ""), ("AB-1 ", "王一", "")]
    batch = cast.imported(register, cast.table(HEADER, *rows), "spelled.csv")
    assert cast.counts(batch) == (1, 0, 0, 0, 2)


def test_equal_names_are_never_one_customer(register: Register) -> None:
    """As in superstore: 790 numbers, 771 names."""
    rows = [(f"N-{n}", f"同名{'一二三四五六七八九'[n % 9]}", "") for n in range(90)]
    batch = cast.imported(register, cast.table(HEADER, *rows), "names.csv")
    assert cast.counts(batch) == (90, 0, 0, 0, 0)
    held = cast.kept(batch=batch.id)
    assert len(held) == 90
    assert len({one.values["person_name"] for one in held.values()}) == 9


def test_rows_without_a_number_are_customers_of_their_own(register: Register) -> None:
    batch = cast.imported(
        register, cast.table(HEADER, ("", "李一", "13812340002"), ("", "李一", "13812340002")), "n.csv"
    )
    assert cast.counts(batch) == (2, 0, 0, 0, 0)


def test_two_names_under_one_number_are_refused_not_merged(register: Register) -> None:
    rows = [("Z-1", "王一", ""), ("Z-1", "赵二", ""), ("Z-1", "王一", "13812340003")]
    batch = cast.imported(register, cast.table(HEADER, *rows), "clash.csv")
    assert cast.counts(batch) == (1, 0, 1, 1, 0)
    assert "another value" in cast.reasons(batch)[3]
    assert cast.kept(batch=batch.id)["Z-1"].values["person_name"] == "王一"


def test_a_differing_optional_value_does_not_cost_the_row(register: Register) -> None:
    rows = [
        ("P-1", "王一", "13812340001", "CN-1", "椅"),
        ("P-1", "王一", "13812340002", "CN-1", "桌"),
    ]
    header = ("客户编号", "姓名", "手机号码", "订单编号", "产品名称")
    batch = cast.imported(register, cast.table(header, *rows), "f.csv")
    assert cast.counts(batch) == (1, 0, 1, 0, 0)
    one = cast.kept(batch=batch.id)["P-1"]
    assert (one.values["mobile"], one.marks["mobile"]) == ("13812340001", 0)
    assert len(one.orders()["CN-1"]) == 2
    (told,) = [p for p in batch.findings["problems"] if p["code"] == "row.first-stays"]
    assert (told["field"], told["count"], told["refuses"]) == ("mobile", 1, False)


def test_an_order_number_at_two_customers_is_two_orders(register: Register) -> None:
    rows = [
        ("P-1", "王一", "CN-7", "2026-10-01", "椅", "10"),
        ("P-2", "赵二", "CN-7", "2026-10-02", "桌", "20"),
        ("P-1", "王一", "cn-7", "2026-10-01", "灯", "30"),
    ]
    batch = cast.imported(register, cast.table(ORDERS, *rows), "orders.csv")
    assert cast.counts(batch) == (2, 0, 1, 0, 0)
    held = cast.kept(batch=batch.id)
    assert [line["product_name"] for line in held["P-1"].orders()["CN-7"]] == ["椅", "灯"]
    assert [line["product_name"] for line in held["P-2"].orders()["CN-7"]] == ["桌"]


def test_an_order_without_customer_number_is_nobodys(register: Register) -> None:
    rows = [("", "王一", "CN-8", "2026-10-01", "椅", "10"), ("P-1", "王一", "", "2026-10-01", "椅", "10")]
    batch = cast.imported(register, cast.table(ORDERS, *rows), "orders.csv")
    assert cast.counts(batch) == (0, 0, 0, 2, 0)
    told = cast.reasons(batch)
    assert "never merged by name" in told[2]
    assert "“Order number” is required" in told[3]


def test_differing_values_of_one_order_stand_side_by_side_unverified(register: Register) -> None:
    rows = [
        ("P-1", "王一", "CN-9", "2026-10-01", "椅", "10"),
        ("P-1", "王一", "CN-9", "2026-10-03", "桌", "20"),
        ("P-1", "王一", "CN-9", "2026-10-01", "灯", "30"),
    ]
    batch = cast.imported(register, cast.table(ORDERS, *rows), "orders.csv")
    assert cast.counts(batch) == (1, 0, 2, 0, 0)
    (order,) = cast.kept(batch=batch.id)["P-1"].records
    assert order[1]["order_date"] == "2026-10-01；2026-10-03"
    assert [line["line_sales"] for line in order[2]] == ["10", "20", "30"]


def test_more_rows_than_are_gathered_give_the_same_customers(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Streamed chunk by chunk, a number that comes back later is still one customer, its order one order."""
    rows = [
        (f"{{}}-{n % 5}", f"客户{'甲乙丙丁戊'[n % 5]}", f"CN-{n % 10}", "2026-10-01", f"物{n}", str(n))
        for n in range(60)
    ]
    gathered = cast.imported(
        register, cast.table(ORDERS, *[(r[0].format("G"), *r[1:]) for r in rows]), "gathered.csv"
    )
    monkeypatch.setattr(grouping, "GATHERED_ROWS", 10)
    monkeypatch.setattr(grouping, "CHUNK_ROWS", 7)
    streamed = cast.imported(
        register, cast.table(ORDERS, *[(r[0].format("S"), *r[1:]) for r in rows]), "streamed.csv"
    )
    assert cast.counts(gathered) == cast.counts(streamed) == (5, 0, 55, 0, 0)
    assert gathered.findings["customers"] == streamed.findings["customers"] == 5
    one, other = cast.kept(batch=gathered.id), cast.kept(batch=streamed.id)
    for number in range(5):
        left, right = one[f"G-{number}"].orders(), other[f"S-{number}"].orders()
        assert left == right
        assert sum(map(len, left.values())) == 12
