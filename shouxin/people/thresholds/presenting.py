"""One threshold in words: what holds now, how far a change has got, what can be done with it."""

from typing import Any

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouxin.core.policy import Actor
from shouxin.kit.detail import Stage, Standing, Verb, stages
from shouxin.people.story import mark, story
from shouxin.people.thresholds import queries
from shouxin.people.thresholds.models import ThresholdChange
from shouxin.people.thresholds.rules import UNITS, Threshold

State = ThresholdChange.State
TAGS = {"waiting": "warn", "in_force": "ok", "refused": "bad", "withdrawn": "muted", "replaced": "muted"}


def language() -> str:
    return get_language() or "zh-hans"


def row(threshold: Threshold, chosen: ThresholdChange | None) -> dict[str, Any]:
    """A threshold with what holds now."""
    comma = "、" if language().startswith("zh") else ", "
    return {
        "key": threshold.key,
        "name": threshold.name.in_(language()),
        "meaning": threshold.meaning.in_(language()),
        "unit": UNITS[threshold.unit].in_(language()),
        "value": chosen.value if chosen else threshold.default,
        "default": threshold.default,
        "least": threshold.least,
        "most": threshold.most,
        "only": comma.join(map(str, threshold.only)),
        "chosen": chosen,
    }


def detail_context(actor: Actor, threshold: Threshold) -> dict[str, Any]:
    """The page of one threshold."""
    changes, chosen = queries.history(threshold), queries.in_force().get(threshold.key)
    latest = changes[0] if changes else None
    return {
        "page_title": threshold.name.in_(language()),
        "row": row(threshold, chosen),
        "changes": [(one, TAGS[one.state]) for one in changes],
        "standing": _standing(threshold, latest, chosen),
        "stages": _stages(latest) if latest else [],
        "verbs": _verbs(actor, latest) if latest and latest.state == State.WAITING else [],
        "entries": story(actor, ["threshold."], {"threshold": threshold.key}),
    }


def _standing(
    threshold: Threshold, latest: ThresholdChange | None, chosen: ThresholdChange | None
) -> Standing:
    unit = UNITS[threshold.unit].in_(language())
    if latest and latest.state == State.WAITING:
        wanted = _("改为 %(value)s %(unit)s") % {"value": latest.value, "unit": unit}
        return Standing("warn", latest.get_state_display(), wanted)
    if chosen:
        return Standing("ok", _("本单位设定"), f"{chosen.value} {unit}")
    return Standing("muted", _("产品默认"), f"{threshold.default} {unit}")


def _stages(latest: ThresholdChange) -> list[Stage]:
    path = [("asked", _("提出")), ("decided", _("另一人确认")), ("works", _("生效"))]
    marks = {
        "asked": mark(latest.asked_by, latest.asked_at),
        "decided": mark(latest.decided_by, latest.decided_at),
    }
    works = latest.state == State.IN_FORCE
    stopped = latest.get_state_display() if latest.state in {State.REFUSED, State.WITHDRAWN} else ""
    return stages(path, at="works" if works else "decided", marks=marks, stopped=stopped, over=works)


def _verbs(actor: Actor, waiting: ThresholdChange) -> list[Verb]:
    def post(verb: str) -> str:
        return reverse("people:threshold_decide", args=[waiting.id, verb])

    if queries.may_decide(actor=actor, change=waiting):
        return [
            Verb(_("确认"), post=post("confirm"), style="primary"),
            Verb(_("不同意"), post=post("refuse")),
        ]
    if waiting.asked_by_id == actor.id:
        return [
            Verb(_("确认"), why=_("您提出的须由另一人确认。")),
            Verb(_("撤回"), post=post("withdraw")),
        ]
    return [Verb(_("确认"), why=_("由个人信息保护负责人确认。"))]
