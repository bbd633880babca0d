"""Pure decisions of the catalogue: where a value is stored, and which changes loosen protection."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from shouxin.core.policy.levels import HIGHEST_LEVEL

__all__ = [
    "HIGHEST_LEVEL",
    "LONGEST_REVIEW",
    "LOOSER",
    "REVIEWED",
    "default_review",
    "least_months",
    "loosened",
    "storage_group",
]

_MONTHS = {"year": 12.0, "month": 1.0, "day": 1 / 30, "minute": 0.0}
REVIEWED = frozenset(
    {"profile", "contact"}
)  # what is true of somebody may change; what was agreed or done does not
LONGEST_REVIEW = 120  # months
_REVIEW_BY_VALIDATOR: Mapping[str, int] = {
    **dict.fromkeys(("MOBILE", "LANDLINE", "EMAIL", "WECHAT", "ADDRESS", "POST", "BANKCARD", "ACCOUNT"), 12),
    "OPEN-DATE": 12,
    **dict.fromkeys(("ID-CN", "USCC", "PASSPORT", "HKMTP", "TWTP", "RESIDENCE"), 24),
    **dict.fromkeys(("NAME", "ORGANISATION"), 36),
    **dict.fromkeys(("GENDER", "PAST-DATE"), 60),
}
_REVIEW_BY_CATEGORY: Mapping[str, int] = {
    "个人财产信息": 12,
    "联系人信息": 12,
    "个人教育工作信息": 12,
    "(非个人)": 12,
    "个人基本资料": 24,
}
_REVIEW_OF_THE_REST = 60
_EXPOSURE = ("public", "semi_public", "private")
_STORAGE = ("clear", "indexed", "sealed", "forbidden")
_CONSENT = ("none", "general", "separate", "written")


def storage_group(
    *,
    record: str,
    uses: Iterable[str],
    retention_rule: str,
    level: int,
    sensitive: bool | None,
    trade_secret: bool | None,
) -> str:
    """The name of the set of fields sealed together: those of one record that share use, retention rule and grade.

    An undecided flag counts as set. Sensitive personal information (`s`) is kept apart (GB/T 45574-2025 5.5),
    and so are trade secrets (`t`).
    """
    family = "".join(sorted({use[0] for use in uses})) or "none"
    grade = f"{level}{'' if sensitive is False else 's'}{'' if trade_secret is False else 't'}"
    return ".".join((record, family, retention_rule.removeprefix("R-").lower(), grade))


def default_review(*, record: str, validator: str, category: str) -> int:
    """The product's proposal, in months, how often a value of this kind is to be verified; 0 for facts of the past."""
    if record not in REVIEWED:
        return 0
    by_category = _REVIEW_BY_CATEGORY.get(category, _REVIEW_OF_THE_REST)
    return _REVIEW_BY_VALIDATOR.get(validator, by_category)


def _weaker(order: tuple[str, ...]) -> Callable[[Any, Any], bool]:
    return lambda before, after: order.index(after) < order.index(before)


def _cleared(before: Any, after: Any) -> bool:
    return before is not False and after is False


def _more(before: Any, after: Any) -> bool:
    return bool(set(after) - set(before))


LOOSER: Mapping[str, Callable[[Any, Any], bool]] = {
    "level": lambda before, after: after < before,
    "exposure": _weaker(_EXPOSURE),
    "storage": _weaker(_STORAGE),
    "consent_type": _weaker(_CONSENT),
    "is_personal": _cleared,
    "is_sensitive": _cleared,
    "is_trade_secret": _cleared,
    "uses": _more,
    "indexes": _more,
    "masking_rule_id": lambda before, after: after == "M-NONE" != before,
    "active": lambda before, after: after and not before,
}


def loosened(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """The attributes of a field whose change from `before` to `after` would protect less."""
    return [
        name
        for name, looser in LOOSER.items()
        if name in before and name in after and looser(before[name], after[name])
    ]


def least_months(value: int, unit: str) -> float:
    """A least period of keeping, to compare it with another; permanent is the longest."""
    return float("inf") if value < 0 or unit == "permanent" else value * _MONTHS.get(unit, 0.0)
