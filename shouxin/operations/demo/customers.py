"""The customers: two in three are persons, the others organisations with one to three contacts."""

from dataclasses import dataclass
from datetime import date
from random import Random

from shouxin.operations.demo import names, numbers, organisation, places, trade
from shouxin.operations.demo.goods import Product
from shouxin.operations.demo.shapes import DemoCustomer, DemoRecord

_SEGMENTS = ("消费者", "公司", "小型企业")
_LEVELS = ("普通", "普通", "普通", "银卡", "金卡")
_TITLES = ("行政经理", "采购专员", "办公室主任", "总经理助理", "财务主管")
_TRADES = ("科技", "贸易", "教育咨询", "建筑设计", "物流", "医药", "文化传媒", "餐饮管理", "机械", "农业发展")
_FORMS = ("有限公司", "有限公司", "有限公司", "股份有限公司", "集团有限公司")
_BRANDS = "云海明德远山恒信瑞丰博雅天成华盛嘉禾星辰鼎新同心万象润泽启航锦绣安泰宏图致远和顺"
_SCOPES = ("技术开发、技术服务", "办公用品销售", "会议及展览服务", "货物进出口", "教育信息咨询")
_SOURCES = ("门店到访", "老客户介绍", "官网咨询", "展会")
_ADULT, _OLDEST = 20, 75
_FLAW_EVERY = 97


@dataclass(frozen=True, slots=True)
class Setting:
    """What all customers share: the articles on sale and the day on which the story ends."""

    goods: tuple[Product, ...]
    until: date


def customer(r: Random, number: int, setting: Setting) -> DemoCustomer:
    """The `number`th customer (from 1); every 97th has one wrong value on purpose."""
    leasing = numbers.happens(r, 0.06)
    kind = "person" if numbers.happens(r, 0.66) else "organisation"
    where = places.place(r)
    values: dict[str, str] = {"customer_no": f"SX-{number:06d}"}
    if kind == "person":
        records = _person(r, values, where, setting, number, leasing=leasing)
    else:
        records = _organisation(r, values, where, setting, number, leasing=leasing)
    department = "leasing" if leasing else "sales"
    flaws = _spoil(values, number // _FLAW_EVERY) if number % _FLAW_EVERY == 0 else frozenset()
    return DemoCustomer(
        kind=kind,
        purpose="leasing" if leasing else "sales_contract",
        department=department,
        responsible=r.choice(organisation.clerks(department)),
        province=where.province,
        values=values,
        records=tuple(records),
        flaws=flaws,
    )


def _person(
    r: Random, values: dict[str, str], where: places.Place, setting: Setting, number: int, *, leasing: bool
) -> list[DemoRecord]:
    who = names.person(r)
    address = places.home(r, where)
    values |= {
        "person_name": who.name,
        "gender": who.sex,
        "mobile": numbers.mobile(r),
        "home_address": address,
        "postal_code": places.postal_code(r, where),
        "segment": _SEGMENTS[0],
    }
    _maybe(r, values, 0.7, "email", numbers.email(r, who.account))
    _maybe(r, values, 0.3, "wechat_id", f"wx_{who.account}{numbers.digits(r, 3)}")
    _maybe(r, values, 0.5, "member_no", f"M{number:07d}")
    _maybe(r, values, 0.2, "lead_source", r.choice(_SOURCES))
    if "member_no" in values:
        values["member_level"] = r.choice(_LEVELS)
    if leasing:
        _identify(r, values, who, where, setting.until)
        leases = [trade.lease(r, number, where, setting.until, vehicle=numbers.happens(r, 0.5))]
        return leases + _talks(r, setting, (1, 3))
    if numbers.happens(r, 0.15):
        values |= {"id_type": "居民身份证", "id_number": _id_number(r, who, where, _birth(r, setting.until))}
    return _orders(r, where, address, setting, number, (0, 5)) + _talks(r, setting, (0, 2))


def _birth(r: Random, until: date) -> date:
    return numbers.day(r, date(until.year - _OLDEST, 1, 1), date(until.year - _ADULT, 12, 31))


def _id_number(r: Random, who: names.Person, where: places.Place, born: date) -> str:
    return numbers.resident_id(r, where.code[:2], born, who.sex)


def _identify(r: Random, values: dict[str, str], who: names.Person, where: places.Place, until: date) -> None:
    """What a lessor asks a person for."""
    born = _birth(r, until)
    values |= {
        "birth_date": born.isoformat(),
        "id_type": "居民身份证",
        "id_number": _id_number(r, who, where, born),
        "id_valid_to": r.choice(("长期", date(until.year + r.randint(1, 15), 6, 30).isoformat())),
        "household_address": places.home(r, places.place(r)),
        "bank_card_no": numbers.bank_card(r),
        "income": f"{r.randint(60, 900)}000.00",
    }
    values.pop("lead_source", None)


def _organisation(
    r: Random, values: dict[str, str], where: places.Place, setting: Setting, number: int, *, leasing: bool
) -> list[DemoRecord]:
    brand = "".join(r.sample(_BRANDS, 2))
    values |= {
        "company_name": f"{where.short_city}{brand}{r.choice(_TRADES)}{r.choice(_FORMS)}",
        "uscc": numbers.credit_code(r, where.code),
        "registered_address": places.office(r, where),
        "business_scope": "；".join(r.sample(_SCOPES, 2)),
        "legal_rep_name": names.person(r).name,
        "landline": numbers.landline(r, where.area_code),
        "postal_code": places.postal_code(r, where),
        "segment": r.choice(_SEGMENTS[1:]),
    }
    _maybe(r, values, 0.6, "bank_account_corp", numbers.bank_account(r))
    domain = names.syllables(brand)
    contacts = [_contact(r, where, domain) for _ in range(r.randint(1, 3))]
    if leasing:
        leases = [
            trade.lease(r, number * 10 + i, where, setting.until, vehicle=numbers.happens(r, 0.4))
            for i in range(r.randint(1, 2))
        ]
        return contacts + leases + _talks(r, setting, (1, 3))
    frame = [trade.frame_contract(r, number, setting.until)] if numbers.happens(r, 0.2) else []
    orders = _orders(r, where, places.office(r, where), setting, number, (1, 7))
    return contacts + frame + orders + _talks(r, setting, (0, 3))


def _contact(r: Random, where: places.Place, domain: str) -> DemoRecord:
    who = names.person(r)
    values = {
        "contact_name": who.name,
        "contact_title": r.choice(_TITLES),
        "contact_mobile": numbers.mobile(r),
        "contact_email": f"{who.account}@{domain}.example.com",
    }
    _maybe(r, values, 0.4, "contact_landline", numbers.landline(r, where.area_code))
    return DemoRecord("contact", values)


def _orders(
    r: Random, where: places.Place, address: str, setting: Setting, number: int, bounds: tuple[int, int]
) -> list[DemoRecord]:
    return [
        trade.order(r, number * 10 + i, where, address, setting.goods, setting.until)
        for i in range(r.randint(*bounds))
    ]


def _talks(r: Random, setting: Setting, bounds: tuple[int, int]) -> list[DemoRecord]:
    return [trade.interaction(r, setting.until) for _ in range(r.randint(*bounds))]


def _maybe(r: Random, values: dict[str, str], chance: float, key: str, value: str) -> None:
    if numbers.happens(r, chance):
        values[key] = value


def _swap_last(value: str) -> str:
    return value[:-1] + ("7" if value[-1] != "7" else "8")


_FLAWS = (
    ("id_number", _swap_last),
    ("uscc", _swap_last),
    ("mobile", lambda value: value[:-1]),
    ("landline", lambda value: value.partition("-")[2]),
    ("email", lambda value: value.replace("@", " at ")),
    ("postal_code", lambda value: value[:-2]),
    ("birth_date", lambda value: f"{value[:4]}-02-30"),
)


def _spoil(values: dict[str, str], turn: int) -> frozenset[str]:
    """Make one value wrong in the way typists do; which one rotates with `turn`."""
    for index in range(turn, turn + len(_FLAWS)):
        key, wrong = _FLAWS[index % len(_FLAWS)]
        if key in values:
            values[key] = wrong(values[key])
            return frozenset({key})
    return frozenset()
