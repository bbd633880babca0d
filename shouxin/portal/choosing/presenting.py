"""Choices in plain words."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from shouxin.core.policy import PurposeRule
from shouxin.customers.consents import queries as consents
from shouxin.customers.consents import rules
from shouxin.customers.consents.models import RefusalKind, State
from shouxin.customers.consents.pages import Page
from shouxin.customers.consents.queries import key_of
from shouxin.customers.consents.wording import box_names, item_names
from shouxin.gate.facts import rules as rulebooks
from shouxin.gate.rules import cite
from shouxin.journal.queries import Line
from shouxin.portal.choosing.queries import Choice
from shouxin.rights.arranged.events import wish_names
from shouxin.rulebook.purposes.models import Purpose

# What a separate consent is about, in a word.
TAGS = {
    rules.SENSITIVE: gettext_lazy("敏感"),
    rules.FACE: gettext_lazy("身份识别"),
    rules.PROVISION: gettext_lazy("提供给他人"),
    rules.ABROAD: gettext_lazy("提供到境外"),
    rules.PUBLICATION: pgettext_lazy("consent", "公开"),
}


def language() -> str:
    return get_language() or "zh-hans"


def descriptions(keys: list[str]) -> Mapping[str, str]:
    spoken = language().startswith("en")
    rows = Purpose.objects.filter(key__in=keys)
    return {row.key: (row.description_en if spoken else "") or row.description_zh for row in rows}


def card(found: Choice, said: str) -> dict[str, Any]:
    """A purpose with where it stands and what can be done about it now."""
    given = any(row.kind == "general" for row in found.given)
    return {
        "key": found.rule.key,
        "name": found.rule.name.in_(language()),
        "said": said,
        "article": cite(found.rule.article, language()),
        "by_consent": found.by_consent,
        "goes_on": found.goes_on,
        "given": given,
        "since": found.last.since if found.last else None,
        "until": found.last.until if found.last else None,
        "ending": found.ending,
        "over": found.last is not None and found.last.state == State.GIVEN and not given,
        "withdrawn": found.last is not None and found.last.state == State.WITHDRAWN,
        "separate": _separate(found),
        "refused": found.refusal is not None,
        "restricted": found.refusal is not None and found.refusal.kind == RefusalKind.RESTRICTED,
        "refused_since": found.refusal.since if found.refusal else None,
    }


def _separate(found: Choice) -> list[dict[str, Any]]:
    """What was agreed to beside the purpose itself, each to be taken back by itself."""
    rows = [row for row in found.given if row.kind != rules.GENERAL]
    names = item_names({row.item for row in rows if row.item})
    return [
        {
            "box": key_of(row),
            "name": names[row.item].in_(language()) if row.item in names else _("公开我的信息"),
            "tag": TAGS[row.kind],
            "sensitive": row.kind in {rules.SENSITIVE, rules.FACE},
        }
        for row in rows
    ]


def field_name(key: str) -> str:
    rule = rulebooks["rulebook"].fields().get(key)
    return rule.name.in_(language()) if rule else key


def asked(page: Page, customer: UUID, now: datetime) -> list[dict[str, Any]]:
    """The boxes of a page for somebody who decides now: which are agreed to and not asked again, which of those end
    soon, and which were agreed to while the notice said something else."""
    kept = consents.agreed_boxes(customer, page.sha256, now)
    before = consents.live_boxes(customer, page.purpose, now) - kept
    ending = consents.ending_boxes(customer, page.purpose, now)
    return [{**box, "before": box["key"] in before} for box in boxes(page, kept, ending=ending)]


def boxes(
    page: Page,
    ticked: frozenset[str],
    said: Mapping[str, Any] | None = None,
    ending: Mapping[str, datetime] | None = None,
) -> list[dict[str, Any]]:
    """The boxes of a page, and which of them are or were ticked; `said` is what one act was about. What is `ending` may
    be ticked anew."""
    said, ending = said or {}, ending or {}
    return [
        {
            "key": box.key,
            "label": box.label.in_(language()),
            "fields": _("、").join(field_name(key) for key in box.fields),
            "written": box.written,
            "ticked": box.key in ticked,
            "until": ending.get(box.key) if box.key in ticked and not box.written else None,
            "refused": box.key in (said.get("not_given") or ()),
            "withdrawn": box.key in (said.get("withdrawn") or said.get("lapsed") or ()),
        }
        for box in page.boxes
    ]


def acts(lines: list[Line]) -> list[dict[str, Any]]:
    return [act(line) for line in lines]


def act(line: Line) -> dict[str, Any]:
    """One decision as its receipt names it."""
    rule = rulebooks["rulebook"].purpose(str(line.data.get("purpose", "")))
    names = {
        "consent.decided": _("作出同意选择"),
        "consent.withdrawn": _("撤回同意"),
        "consent.lapsed": _("不再征询，同意失效"),
        "purpose.refused_by_customer": _("拒绝或限制使用"),
        "purpose.allowed_again": _("恢复使用"),
        "informed.acknowledged": _("读过告知"),
        "informed.at_counter": _("当面告知"),
        "rights.arranged": _("身后安排"),
    }
    later = wish_names(line.data["rights_wishes"], language()) if "rights_wishes" in line.data else ""
    return {
        "entry": line.id,
        "at": line.at,
        "name": names.get(line.event) or line.sentence(language()),
        "purpose": purpose_name(rule)
        or later
        or str(line.data.get("purpose") or line.data.get("notice", "")),
        "seen": line.event in {"consent.decided", "consent.withdrawn", "consent.lapsed"},
        "given": box_names(line.data.get("given") or [], language()),
        "refused": box_names(line.data.get("not_given") or [], language()),
        "withdrawn": box_names(line.data.get("withdrawn") or line.data.get("lapsed") or [], language()),
        "guardian": bool(line.data.get("guardian")),
        "until": line.data.get("until") or "",
    }


def purpose_name(rule: PurposeRule | None) -> str:
    return rule.name.in_(language()) if rule else ""
