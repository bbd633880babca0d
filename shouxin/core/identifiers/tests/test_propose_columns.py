"""Headers and samples lead to the right catalogue field."""

import csv
import os
import pathlib

import pytest
from python_calamine import CalamineWorkbook

from shouxin.core.identifiers.columns import columns, propose

KEYS = set(columns())
SUPERSTORE = {
    "Row ID": "line_no", "Order ID": "order_no", "Order Date": "order_date", "Ship Date": "ship_date",
    "Ship Mode": "ship_mode", "Customer ID": "customer_no", "Customer Name": "person_name", "Segment": "segment",
    "Country": "order_country", "City": "order_city", "State": "order_province", "Postal Code": "postal_code",
    "Region": "order_region", "Product ID": "product_id", "Category": "product_category",
    "Sub-Category": "product_subcategory", "Product Name": "product_name", "Sales": "line_sales",
    "Quantity": "line_quantity", "Discount": "line_discount", "Profit": "line_profit",
}  # fmt: skip
SUPERSTORE_ZH = {
    "行 ID": "line_no", "订单 ID": "order_no", "订单日期": "order_date", "发货日期": "ship_date",
    "邮寄方式": "ship_mode", "客户 ID": "customer_no", "客户名称": "person_name", "细分": "segment",
    "城市": "order_city",
    "省/自治区": "order_province", "国家": "order_country", "地区": "order_region", "产品 ID": "product_id",
    "类别": "product_category", "子类别": "product_subcategory", "产品名称": "product_name", "销售额": "line_sales",
    "数量": "line_quantity", "折扣": "line_discount", "利润": "line_profit", "退回": "order_returned", "地区经理": None,
}  # fmt: skip
needs_files = pytest.mark.skipif("SHOUXIN_TESTDATA" not in os.environ, reason="SHOUXIN_TESTDATA is not set")


def first(header: str, samples: list[str]) -> str | None:
    proposals = propose(header, samples, keys=KEYS)
    return proposals[0].field_key if proposals else None


@pytest.mark.parametrize(("header", "key"), [*SUPERSTORE.items(), *SUPERSTORE_ZH.items()])
def test_superstore_headers_alone(header: str, key: str | None) -> None:
    assert first(header, []) == key


@needs_files
@pytest.mark.data
def test_superstore_english_file() -> None:
    path = pathlib.Path(os.environ["SHOUXIN_TESTDATA"], "superstore-en", "superstore_orders.csv")
    with path.open(encoding="cp1252", newline="") as lines:
        rows = list(csv.reader(lines))[:60]
    assert {h: first(h, [row[i] for row in rows[1:]]) for i, h in enumerate(rows[0])} == SUPERSTORE


@needs_files
@pytest.mark.data
def test_superstore_chinese_file() -> None:
    book = CalamineWorkbook.from_path(
        str(pathlib.Path(os.environ["SHOUXIN_TESTDATA"], "superstore-zh", "superstore_zh.xls"))
    )
    found: dict[str, str | None] = {}
    for sheet in book.sheet_names:
        rows = [[str(cell) for cell in row] for row in book.get_sheet_by_name(sheet).to_python(nrows=60)]
        found |= {h: first(h, [row[i] for row in rows[1:]]) for i, h in enumerate(rows[0])}
    assert found == SUPERSTORE_ZH


@pytest.mark.parametrize(
    ("header", "samples", "key"),
    [
        ("手机号码（必填）", [], "mobile"),
        ("E-mail*", [], "email"),
        ("备 注", [], "remark"),
        ("custmer_name", [], "person_name"),
        ("CUSTOMERNAME", [], "person_name"),
        ("客户名称", ["云海科技有限公司", "远山贸易集团"], "company_name"),
        ("联系电话", ["13812341234", "13912341234"], "mobile"),
        ("联系电话", ["010-62345678", "0571-88881234"], "landline"),
        ("收货人手机号", [], "mobile"),
        ("联系人手机", ["13812341234"], "contact_mobile"),
        ("身份证", ["11010519491231002X"], "id_number"),
        ("F7", ["11010519491231002X"] * 5, "id_number"),
        ("列3", ["13812341234"] * 5, "mobile"),
        ("列3", ["12", "13"], None),
        ("", ["x"], None),
        ("销售人员", ["张三"], None),
        ("Region", [], "order_region"),
    ],
)
def test_odd_headers(header: str, samples: list[str], key: str | None) -> None:
    assert first(header, samples) == key


def test_contradicting_samples_lower_the_confidence_and_say_so() -> None:
    sure = propose("身份证号", ["11010519491231002X"] * 4, keys=KEYS)[0]
    doubtful = propose("身份证号", ["abc"] * 4, keys=KEYS)[0]
    assert sure.confidence > 0.9
    assert doubtful.confidence < 0.6
    assert "不符合" in doubtful.reason.zh
    assert "do not fit" in doubtful.reason.en


def test_only_given_keys_are_proposed() -> None:
    assert all(p.field_key == "landline" for p in propose("电话", ["13812341234"], keys={"landline"}))
    assert propose("手机", ["13812341234"], keys=set()) == []


def test_reason_never_tells_a_value_or_the_header() -> None:
    for proposal in propose("张三13812341234手机", ["13912341234"], keys=KEYS):
        assert "1381" not in proposal.reason.zh + proposal.reason.en
        assert "1391" not in proposal.reason.zh + proposal.reason.en
