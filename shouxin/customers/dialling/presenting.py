"""Dialling unseen in words: the card of a contact with the numbers that can be called."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from uuid import UUID

import segno
from django.http import HttpRequest
from django.utils.translation import get_language, gettext_lazy

from shouxin.core.policy import DIALLED, Actor, Permission
from shouxin.customers.dialling import checks
from shouxin.customers.preferences import presenting as preferences
from shouxin.customers.registry import shown
from shouxin.customers.registry.queries import Cell, CustomerView
from shouxin.gate.queries import live_contact
from shouxin.kit import clock

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

PROBLEMS = {
    **preferences.REASONS,
    "dial.unknown": gettext_lazy("这个拨号码不对、已经用过，或已超过 60 秒。请在电脑上重新点“拨号”。"),
    "dial.no-number": gettext_lazy("登记的内容不是可以拨打的号码，请先更正。"),
    "dial.daily-limit": gettext_lazy("今天的拨号次数已用完，明天恢复；或请同事代为联系。"),
    "dial.refused": gettext_lazy("现在不能拨打：接待可能已经结束。请回到电脑上的客户档案查看原因。"),
}


def said(code: str) -> "StrOrPromise":
    """Why no code was made, in words."""
    return PROBLEMS.get(code) or checks.words(code)


def numbers(view: CustomerView) -> list[dict[str, Any]]:
    """The telephone numbers that the page shows masked: the customer's own, then those of the contacts."""
    language, found = get_language() or "zh-hans", []
    for record, cells in [(view.row.id, view.cells), *((one.id, one.cells) for one in view.records)]:
        name = cells.get("contact_name")
        for key, cell in cells.items():
            if _callable(cell):
                found.append(
                    {
                        "record": record,
                        "field": key,
                        "label": cell.rule.name.in_(language),
                        "text": cell.text,
                        "whose": name.text if name and record != view.row.id else "",
                    }
                )
    return found


def _callable(cell: Cell) -> bool:
    return cell.rule.masking_rule in DIALLED and bool(cell.text) and not cell.lines


def card(request: HttpRequest, customer: UUID) -> Mapping[str, Any] | None:
    """During a contact: every number with its button."""
    view = shown.of(request, customer)
    actor: Actor | None = getattr(request, "actor", None)
    if view is None or actor is None or not actor.may(Permission.CUSTOMERS_NUMBER_DIAL):
        return None
    if live_contact(actor=actor, customer=customer, now=clock.now()) is None:
        return None
    found = numbers(view)
    return {"row": view.row, "numbers": found} if found else None


def picture(address: str) -> str:
    """The code as a picture for the phone's camera."""
    return segno.make(address, error="m").svg_inline(
        scale=6, border=3, dark="#000", light="#fff", svgclass="sx-qr", lineclass=None, omitsize=True
    )
