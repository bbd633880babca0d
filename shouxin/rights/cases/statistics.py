"""Requests in numbers, of those the reader may see."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q
from django.utils.translation import get_language

from shouxin.core.policy import Actor
from shouxin.rights.cases import queries, rules
from shouxin.rights.cases.models import UNANSWERED, Kind, Outcome, Round, State

YEAR = timedelta(days=365)


def waiting(actor: Actor) -> list[dict[str, Any]]:
    """What waits for this person's approval, counted by kind and proposed outcome."""
    found = queries.awaiting(actor).order_by("kind", "outcome").values("kind", "outcome")
    kinds, outcomes = dict(Kind.choices), dict(Outcome.choices)
    return [
        {"kind": kinds[row["kind"]], "outcome": outcomes[row["outcome"]], "number": row["number"]}
        for row in found.annotate(number=Count("id"))
    ]


def of_round(row: Round) -> Mapping[str, int]:
    """How many of a round are done, failed and left."""
    found = dict(row.items.order_by("state").values_list("state").annotate(n=Count("id")))
    done, failed = found.get("done", 0), found.get("failed", 0)
    return {"done": done, "failed": failed, "handled": done + failed}


def year(actor: Actor, now: datetime) -> dict[str, Any]:
    """By kind: filed, open, granted and not, in time, days taken; refusals by reason; how satisfied people were."""
    found = queries.visible_to(actor).filter(filed_at__gte=now - YEAR).select_related(None)
    answered = Q(state=State.ANSWERED) | Q(state=State.WATCHING)
    by_kind = found.order_by("kind").values("kind").annotate(
        filed=Count("id"),
        open=Count("id", filter=Q(state__in=UNANSWERED)),
        late=Count("id", filter=queries.over("due_on", rules.local(now))),
        granted=Count("id", filter=answered & Q(outcome=Outcome.GRANTED)),
        partly=Count("id", filter=answered & Q(outcome=Outcome.PARTLY)),
        refused=Count("id", filter=answered & Q(outcome=Outcome.REFUSED)),
        duplicate=Count("id", filter=Q(state=State.DUPLICATE)),
        took=Avg(F("closed_at") - F("filed_at"), filter=Q(state=State.ANSWERED)),
        score=Avg("score"),
    )  # fmt: skip
    kinds, language = dict(Kind.choices), get_language() or "zh-hans"
    reasons = found.exclude(reason="").filter(answered).order_by("reason").values_list("reason")
    return {
        "rows": [
            {**row, "kind": kinds[row["kind"]], "days": row["took"].days if row["took"] else None}
            for row in by_kind
        ],
        "reasons": [
            (rules.REASONS[key].text.in_(language), number)
            for key, number in reasons.annotate(n=Count("id"))
            if key in rules.REASONS
        ],
        "since": now - YEAR,
    }
