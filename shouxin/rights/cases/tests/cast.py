"""Requests of the cast's customers, as tests need them."""

from typing import Any

from shouxin.kit import clock
from shouxin.rights.cases import accusing, rules, services
from shouxin.rights.cases.keeping import Words
from shouxin.rights.cases.models import Case, Channel, Check, Kind
from shouxin.rights.cases.services import Asked, Filed
from tests.register import SALES, Register

SAID = "请把我的电话 13812345678 从营销名单里去掉，我叫李小明"

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 24 + "身份证 11010519491231002X".encode()


def filed(
    register: Register, kind: Kind, *, who: str = "clerk", customer: str | None = "li", **more: Any
) -> Filed:
    if kind is Kind.DECEASED:
        more.setdefault("wish", "access")
    if kind in rules.AT_ONCE:
        more.setdefault("purposes", ["marketing" if kind is Kind.WITHDRAW else SALES])
    asked = Asked(
        kind,
        more.pop("channel", Channel.COUNTER),
        Words(
            more.pop("text", SAID),
            "李小明",
            more.pop("contact", "li@example.cn"),
            about=more.pop("about", ""),
        ),
        register[customer] if customer else None,
        **more,
    )
    return services.file(actor=register.world.actor(who), asked=asked, now=clock.now())


def in_hand(register: Register, kind: Kind, *, who: str = "clerk", **more: Any) -> Case:
    """Filed, taken on and proved by whoever deals with it."""
    row, actor = filed(register, kind, who=who, **more).case, register.world.actor(who)
    row = services.take(actor=actor, case=row.id, now=clock.now())
    if kind is Kind.COMPLAINT and not row.accused_named:
        row = accusing.name(actor=actor, case=row.id, department=None)
    if row.level:
        row = services.check(actor=actor, case=row.id, method=Check.Method.IN_PERSON, now=clock.now())
    return row
