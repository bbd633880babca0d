"""The part of a public form that tells people from programs: `{% guard offer %}` inside of its form."""

from typing import Any

from django import template
from django.utils.translation import get_language

from shouxin.core.text import Text
from shouxin.kit.bots.services import Offer

register = template.Library()
EMPTY = Text("请让这一格空着", "Leave this box empty")
WITHOUT = Text(
    "您的浏览器没有运行脚本，请回答这个小问题，证明提交的是人（数字或汉字都可以）。",
    "Your browser runs no scripts. Please answer this small question to show that a person is sending the form.",
)
BUSY = Text("正在核对，请稍候……", "Checking, one moment …")


@register.inclusion_tag("bots/guard.html")
def guard(offer: Offer) -> dict[str, Any]:
    spoken = get_language() or "zh-hans"
    said = {"empty": EMPTY, "without": WITHOUT, "busy": BUSY, "question": offer.question}
    return {"offer": offer, "said": {key: text.in_(spoken) for key, text in said.items()}}
