"""Pure rules of recipients: what must be said of one, and what stands while a purpose names it."""

from collections.abc import Collection, Mapping
from typing import Any

from shouxin.core.text import Text
from shouxin.rulebook.catalogue.categories import CATEGORIES
from shouxin.rulebook.catalogue.errors import Refused

PIPL = "《个人信息保护法》第23条"
TEXTS = ("name_zh", "name_en", "contact", "way_zh", "way_en")
CONTENT = (*TEXTS, "part", "kinds")
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
