"""How a refusal meets a person: what happened, which rule and article, and the ways out as buttons."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import Refusal
from shouxin.gate.rules import cite

# Where a way out leads, by its code; a way without address is a sentence.
LEADS = {
    "propose_grant": ("access:propose", gettext_lazy("申请授权")),
    "emergency": ("access:emergency_open", gettext_lazy("应急访问")),
    "view_masked": ("customers:page", gettext_lazy("回到脱敏页")),
    "get_ready": ("rulebook:policy_read", gettext_lazy("阅读并确认守则")),
    "prove_again": ("people:factor_totp", gettext_lazy("设置二次认证")),
    "search_one": ("customers:find", gettext_lazy("查找客户")),
    "plain_list": ("customers:list", gettext_lazy("回到列表")),
    "open_contact": ("customers:page", gettext_lazy("开始接待")),
    "ask_consent": ("customers:consents", gettext_lazy("同意与告知")),
}


@dataclass(frozen=True, slots=True)
class Way:
    text: str
    address: str
    label: str


def ways(refusal: Refusal, customer: UUID | None, fields: Sequence[str] = ()) -> list[Way]:
    """The ways out of `refusal` in the page's language, with an address where the product can lead there.

    An application for a grant begins with the `fields` that were asked for in vain.
    """
    language = get_language() or "zh-hans"
    found = []
    for way in refusal.ways_out:
        name, label = LEADS.get(way.code, ("", ""))
        found.append(Way(way.text.in_(language), _address(name, customer, fields), str(label)))
    return found


def _address(name: str, customer: UUID | None, fields: Sequence[str] = ()) -> str:
    if not name:
        return ""
    try:
        if name == "access:propose" and fields:
            return f"{reverse(name)}?{urlencode([('field', key) for key in fields])}"
        if name in {"customers:page", "customers:consents", "access:emergency_open"}:
            return reverse(name, args=[customer]) if customer else ""
        return reverse(name)
    except NoReverseMatch:
        return ""


def refused(
    request: HttpRequest, refusal: Refusal, *, customer: UUID | None = None, fields: Sequence[str] = ()
) -> HttpResponse:
    """The page of a refusal; 404 for what does not exist for this person, 403 for everything else."""
    status = 404 if refusal.code == "customer.unknown" else 403
    context = {
        "page_title": _("没有放行"),
        "refusal": refusal,
        "article": cite(refusal.article, get_language() or "zh-hans"),
        "reason": refusal.reason.in_(get_language() or "zh-hans"),
        "ways": ways(refusal, customer, fields),
        "customer_id": customer,
    }
    return render(request, "gate/refused.html", context, status=status)
