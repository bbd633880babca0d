"""Pure rules of standing grants (house rule: at most 30 reveals a day, at most 6 months, no sensitive field)."""

import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from shouxin.core.policy import (
    HIGH_RISK_DAILY,
    HIGH_RISK_LONGEST,
    FieldRule,
    PurposeRule,
    may_be_granted,
    ungranted_form,
)
from shouxin.core.policy.vocabulary import Form
from shouxin.people.notices.rules import decision_day

DAILY_MOST = 30
LONGEST = timedelta(days=183)
DAY_ZONE = ZoneInfo("Asia/Shanghai")


def day_of(now: datetime) -> date:
    """The calendar day a use counts for."""
    return now.astimezone(DAY_ZONE).date()


def due_on(proposed_at: datetime) -> date:
    """The day by which a proposal should be decided."""
    return decision_day(proposed_at)


def digest(content: Mapping[str, Any]) -> str:
    """What an approval is given for: SHA-256 of the canonical JSON of a proposal's content."""
    packed = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256(packed.encode()).hexdigest()


def grantable(fields: Mapping[str, FieldRule], purpose: PurposeRule) -> list[FieldRule]:
    """The fields of `purpose` that a standing grant may open: masked without it and not sensitive."""
    return [
        rule
        for key in purpose.fields
        if (rule := fields.get(key))
        and may_be_granted(rule)
        and (purpose.use is None or purpose.use in rule.uses)
        and ungranted_form(rule) in {Form.MASKED, Form.HIDDEN}
    ]


def problems(
    *,
    asked: Iterable[str],
    allowed: Iterable[str],
    daily_limit: int,
    until: datetime,
    now: datetime,
    strict: bool = False,
    risky: Iterable[str] = (),
) -> list[str]:
    """What is wrong with a proposal, as codes; empty when it may be submitted."""
    asked, allowed = set(asked), set(allowed)
    found = []
    if not asked:
        found.append("fields.none")
    if asked - allowed:
        found.append("fields.not-grantable")
    if not 1 <= daily_limit <= DAILY_MOST:
        found.append("limit.range")
    if not now < until <= now + LONGEST:
        found.append("until.range")
    if strict and not (daily_limit <= HIGH_RISK_DAILY and until <= now + HIGH_RISK_LONGEST):
        found.append("strict.range")
    if not strict and asked & set(risky):
        found.append("fields.high-risk")
    return found
