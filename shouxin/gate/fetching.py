"""What may come along with the facts of a decision: sealed values that are likely to be opened by it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from shouxin.core.policy import Action, FieldRule, Question
from shouxin.vault import services as vault

COUNTED = frozenset({Action.REVEAL, Action.DIAL, Action.WRITE})  # a use is counted first, or values change
groups_of: dict[str, str] = {}  # storage group by field as last seen: a guess, nothing is decided by it


def along(question: Question, records: Sequence[UUID] | None) -> vault.Fetching | None:
    """What to fetch beside, of one customer, where nothing stands between decision and opening. What the guess leaves
    out is read later, what it brings needlessly stays sealed."""
    if len(question.customers) != 1 or question.action in COUNTED:
        return None
    groups = frozenset(groups_of[key] for key in question.fields if key in groups_of)
    if not groups:
        return None
    return vault.Fetching(question.customers[0], groups, None if records is None else list(records))


def remember(question: Question, fields: Mapping[str, FieldRule]) -> None:
    """Note where the fields of a question lie, for the next one."""
    for key in question.fields:
        if key in fields:
            groups_of[key] = fields[key].storage_group
