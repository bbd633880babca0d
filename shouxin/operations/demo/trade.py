"""What customers do: orders with lines, contracts and leases, and the talks around them."""

from datetime import date, datetime, time
from random import Random

from shouxin.operations.demo import numbers
from shouxin.operations.demo.goods import Product
from shouxin.operations.demo.places import Place
from shouxin.operations.demo.shapes import DemoRecord, Values

FIRST_DAY = date(2024, 1, 2)
_SHIPPING = (("标准级", 3, 7), ("二级", 2, 5), ("一级", 1, 3), ("当日", 0, 0))
_DISCOUNTS = (0, 0, 0, 0, 5, 10, 20, 40)
_CHANNELS = ("电话", "上门拜访", "电子邮件", "微信", "展厅接待")
_NOTES = (
    "客户询问升降桌的交货期，已答复两周内送到。",
    "回访：安装满意，建议增加线槽。",
    "报价已发，客户希望再优惠，周五前答复。",
    "客户计划明年搬迁办公室，需要整体方案。",
    "投诉扶手松动，已安排上门维修。",
    "确认收货时间为工作日上午，需提前一小时联系。",
    "客户索取环保检测报告，已寄出。",
    "洽谈续约，客户关注租期内的维护责任。",
)
_NEW_NUMBER = "客户改用新号码{}，请更新联系方式。"
_WORK_DAY = (9, 17)


def _yuan(fen: int) -> str:
    return f"{fen // 100}.{fen % 100:02d}" if fen >= 0 else f"-{-fen // 100}.{-fen % 100:02d}"


def _line(r: Random, number: int, product: Product) -> Values:
    quantity, discount = r.randint(1, 12), r.choice(_DISCOUNTS)
    sales = product.price * quantity * (100 - discount) // 100
    profit = sales - product.price * quantity * r.randint(55, 85) // 100
    return {
        "line_no": str(number),
        "product_id": product.number,
        "product_category": product.category,
        "product_subcategory": product.subcategory,
        "product_name": product.name,
        "line_quantity": str(quantity),
        "line_sales": _yuan(sales),
        "line_discount": f"{discount / 100:g}",
        "line_profit": _yuan(profit),
    }


def order(
    r: Random, number: int, where: Place, address: str, goods: tuple[Product, ...], until: date
) -> DemoRecord:
    """One order with one to five lines, shipped some days later."""
    ordered = numbers.day(r, FIRST_DAY, until)
    mode, soonest, latest = r.choice(_SHIPPING)
    shipped = min(date.fromordinal(ordered.toordinal() + r.randint(soonest, latest)), until)
    values = {
        "order_no": f"CN-{ordered.year}-{1_000_000 + number}",
        "order_date": ordered.isoformat(),
        "ship_date": shipped.isoformat(),
        "ship_mode": mode,
        "order_city": where.short_city,
        "order_province": where.province,
        "order_country": "中国",
        "order_region": where.region,
        "order_returned": "是" if numbers.happens(r, 0.04) else "否",
        "delivery_address": address,
    }
    lines = tuple(_line(r, i + 1, r.choice(goods)) for i in range(r.choice((1, 1, 2, 2, 3, 5))))
    return DemoRecord("order", values, lines)


def frame_contract(r: Random, number: int, until: date) -> DemoRecord:
    """A sales contract of an organisation, one to three years."""
    signed = numbers.day(r, FIRST_DAY, until)
    end = date(signed.year + r.randint(1, 3), signed.month, min(signed.day, 28))
    values = {
        "contract_no": f"HT-{signed.year}-{number:05d}",
        "contract_name": "办公家具年度采购框架合同",
        "contract_type": "买卖",
        "contract_signed_on": signed.isoformat(),
        "contract_start": signed.isoformat(),
        "contract_end": end.isoformat(),
        "contract_status": "履行中" if end > until else "已到期",
        "contract_amount": f"{r.randint(5, 300)}0000.00",
    }
    return DemoRecord("contract", values)


def lease(r: Random, number: int, where: Place, until: date, *, vehicle: bool) -> DemoRecord:
    """A lease of two to five years: furniture, or a delivery vehicle with plate and VIN."""
    start = numbers.day(r, FIRST_DAY, until)
    end = date(start.year + r.randint(2, 5), start.month, min(start.day, 28))
    rent = r.randint(8, 400) * 1000
    values = {
        "contract_no": f"ZL-{start.year}-{number:05d}",
        "lease_contract_no": f"ZL-{start.year}-{number:05d}",
        "contract_name": "配送车辆租赁合同" if vehicle else "办公家具租赁合同",
        "contract_type": "租赁",
        "contract_signed_on": start.isoformat(),
        "contract_start": start.isoformat(),
        "contract_end": end.isoformat(),
        "contract_status": "履行中" if end > until else "已到期",
        "contract_amount": f"{rent * (end.year - start.year)}.00",
        "lease_amount": f"{rent}.00",
    }
    if vehicle:
        values |= {"vehicle_plate": numbers.plate(r, where.plate), "vin": numbers.vin(r)}
    return DemoRecord("contract", values)


def interaction(r: Random, until: date) -> DemoRecord:
    """One talk, now and then with a new telephone number in the notes: free text holds such things."""
    moment = datetime.combine(
        numbers.day(r, FIRST_DAY, until), time(r.randint(*_WORK_DAY), r.randrange(0, 60, 5))
    )
    note = _NEW_NUMBER.format(numbers.mobile(r)) if numbers.happens(r, 0.03) else r.choice(_NOTES)
    values = {
        "interaction_at": moment.isoformat(" ", "minutes"),
        "interaction_channel": r.choice(_CHANNELS),
        "interaction_note": note,
    }
    return DemoRecord("interaction", values)
