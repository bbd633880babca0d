"""Pure rules of recipients: what must be said of one, and what stands while a purpose names it."""

from collections.abc import Collection, Mapping
from typing import Any

from shouxin.core.text import Text
from shouxin.kit import countries
from shouxin.rulebook.catalogue.categories import CATEGORIES
from shouxin.rulebook.catalogue.errors import Refused
from shouxin.rulebook.catalogue.jurisdictions import HOME

PIPL, PIPL_39 = "《个人信息保护法》第23条", "《个人信息保护法》第39条"
ABROAD = ("country", "redress_zh", "redress_en")
AT_HOME = {"country": HOME, "redress_zh": "", "redress_en": ""}
TEXTS = ("name_zh", "name_en", "contact", "way_zh", "way_en", "redress_zh", "redress_en")
TOLD = ("name_zh", "name_en", "contact", "way_zh", "way_en", "part", "kinds")  # of every company
CONTENT = (*TOLD, *ABROAD)
# What may change while people are told of it by a purpose in use: everything else is another recipient, or another
# giving away, and is told and approved as such.
REACHED = frozenset({"contact"})

UNKNOWN = Refused("recipient.unknown", Text("没有这个接收方。", "There is no such recipient."))
OVER = Refused("recipient.retired", Text("此接收方已停用。", "This recipient is retired."))
TAKEN = Refused(
    "recipient.taken",
    Text("已登记同名的接收方，请直接使用它。", "A recipient of this name is entered already: use that one."),
)


def whole(content: Mapping[str, Any]) -> Refused | None:
    """What law wants told of a recipient and is not said, or None."""
    if content["country"] != countries.code_of(str(content["country"])):
        return Refused(
            "recipient.country", Text("没有这个国家或地区。", "There is no such country."), PIPL_39
        )
    if content["country"] != HOME and not str(content["redress_zh"]).strip():
        text = Text(
            "境外接收方：还要写明客户怎样向它行使权利。",
            "A company abroad: say as well how people use their rights towards it.",
        )
        return Refused("recipient.no_redress", text, PIPL_39)
    said = all(str(content[name]).strip() for name in ("name_zh", "contact", "way_zh"))
    if said and content["kinds"] and set(content["kinds"]) <= CATEGORIES.keys():
        return None
    text = Text(
        "接收方的名称、联系方式、提供方式和信息种类都要写明。",
        "Name, contact, way and kinds of information must all be said.",
    )
    return Refused("recipient.incomplete", text, PIPL)


def in_use(purposes: Collection[str]) -> Refused:
    """Why it can neither be retired nor made into another."""
    named = "、".join(purposes)
    text = Text(
        f"目的“{named}”正在使用或审批中，并列明了此接收方：只能改联系方式。请先修订这些目的，把它移出。",
        f"Named by purposes in use or being approved ({named}): only its contact can change. Revise them first.",
    )
    return Refused("recipient.in_use", text, PIPL)
