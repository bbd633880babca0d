"""Telling again in words: how far the news came, what changed, and the button at a customer."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor, Permission
from shouxin.customers.informing import queries, wording
from shouxin.customers.informing.models import Way
from shouxin.customers.informing.queries import Reach
from shouxin.customers.messages import presenting as messages
from shouxin.customers.messages.models import Channel
from shouxin.customers.registry import shown
from shouxin.kit import clock
from shouxin.kit.detail import Standing, Verb
from shouxin.rulebook.purposes import changes
from shouxin.rulebook.purposes.models import NoticeVersion

P = Permission


def language() -> str:
    return get_language() or "zh-hans"


def row(version: NoticeVersion, reach: Reach) -> dict[str, Any]:
    """A line of the list."""
    return {
        "version": version,
        "since": reach.told.since,
        "total": reach.total,
        "reached": reach.reached,
        "left": reach.left,
        "ways": ways(reach),
        "standing": standing(reach),
    }


def standing(reach: Reach) -> Standing:
    if not reach.total:
        return Standing("muted", _("没有要告知的客户"))
    return Standing("warn", _("还有未告知")) if reach.left else Standing("ok", _("全部已告知"))


def ways(reach: Reach) -> list[dict[str, Any]]:
    return [{"name": one.label, "count": reach.ways.get(one.value, 0)} for one in Way]


def told(version: NoticeVersion, older: NoticeVersion | None = None) -> dict[str, Any]:
    """What changed in `version`, in the reader's language where it was written in it."""
    mine = changes.spoken(version, language())
    earlier = wording.before(mine) if older is None else changes.spoken(older, mine.language)
    return {
        "version": mine,
        "title": mine.notice.title,
        "older": earlier,
        "changes": [
            {"headline": wording.headline(one), "what": one.what, "before": one.before, "after": one.after}
            for one in changes.between(earlier, mine)
        ],
    }


def verbs(actor: Actor, reach: Reach) -> list[Verb]:
    """Sending to whoever is left, by each channel; impossible, it says why."""
    if not actor.may(P.CUSTOMERS_MESSAGE_DRAFT):
        return []
    post, why = reverse("customers:informing_send", args=[reach.told.id]), ""
    if queries.purpose_for_sending(actor) is None:
        why = _("由可以为“履行法定义务”发送消息的同事办理")
    elif not reach.left:
        why = _("都已告知")
    names = {Channel.EMAIL: _("给尚未告知的发邮件"), Channel.SMS: _("给尚未告知的发短信")}
    return [
        Verb(
            label,
            post="" if why else post,
            style="" if place else "primary",
            why=why,
            sent={"channel": channel.value},
        )
        for place, (channel, label) in enumerate(names.items())
    ]


def mailing(message: Any) -> dict[str, Any]:
    return {"message": message, "standing": messages.row(message)["status"]}


def verb(request: HttpRequest, customer: UUID) -> dict[str, Any] | None:
    """The button on a customer's page: there only while there is something to tell them."""
    view, actor = shown.of(request, customer), getattr(request, "actor", None)
    if view is None or actor is None or not actor.may(P.CUSTOMERS_CONSENT_RECORD):
        return None
    waiting = queries.outstanding(customer, clock.now())
    return {"row": view.row, "number": len(waiting)} if waiting else None
