"""Pure rules of changes: which fields a person is told of, what stood before, what a notice says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from shouxin.core import identifiers
from shouxin.core.policy import FieldRule
from shouxin.vault.services import Shown, Version

# Names, ways to reach somebody, identity documents, accounts and addresses, as the catalogue masks them (clause A5.4).
MASKS = frozenset(
    {
        *("M-NAME", "M-NAME-2", "M-NAME-EN", "M-NAME-STRICT", "M-PHONE", "M-PHONE-STRICT", "M-TEL"),
        *("M-EMAIL", "M-WECHAT", "M-ID-LIST", "M-ID-DETAIL", "M-ID-VERIFY", "M-PASSPORT", "M-HKMTP"),
        *("M-TWTP", "M-BANK-LIST", "M-BANK-DETAIL", "M-CORPACCT", "M-ADDR"),
    }
)
BESIDES = frozenset({"foreign_id_no"})
CONTACTS: Mapping[str, str] = {"email": "email", "mobile": "sms"}  # field → channel
SETTLES = timedelta(minutes=10)  # what is changed together is told together
APART = timedelta(days=1)  # at most one message a day
TRUSTED_AFTER = timedelta(days=30)  # a contact changed since is not taken as the person's own
LINK_LASTS = timedelta(days=14)
CUT_OFF = timedelta(minutes=2)
# So long a notice waits for mail or text messages to be set up; after that the change is shown at the portal alone.
# Shorter than TRUSTED_AFTER, so that a contact that was changed meanwhile never counts as the person's own.
WAITS = timedelta(days=28)
NO_CHANNEL = "channel:"  # a notice's reason: by these ways they could be told, and none of them is set up


def waits_for(reason: str) -> frozenset[str]:
    """The channels, any of which a notice left out for this reason waits for."""
    return (
        frozenset(reason.removeprefix(NO_CHANNEL).split(","))
        if reason.startswith(NO_CHANNEL)
        else frozenset()
    )


def is_watched(rule: FieldRule | None) -> bool:
    """Whether a change of this field is told to the person."""
    return (
        rule is not None and rule.record == "profile" and (rule.masking_rule in MASKS or rule.key in BESIDES)
    )


@dataclass(frozen=True, slots=True)
class Told:
    """One changed field as a notice tells it: masked before and after; empty where there was, or is, nothing."""

    rule: FieldRule
    before: str
    after: str


def value_before(
    versions: Sequence[Version], field: str, moment: datetime, collected: Mapping[UUID, datetime]
) -> Shown | None:
    """What the newest version of before `moment` has; a value is as old as the act that brought it."""
    for version in versions:
        shown = version.values.get(field)
        if shown is None:
            if version.at < moment:
                return None
            continue
        since = collected.get(shown.provenance) if shown.provenance else None
        if (since or version.at) < moment:
            return shown
    return None


def began(
    versions: Sequence[Version], field: str, at: datetime, collected: Mapping[UUID, datetime]
) -> datetime:
    """Since when what stood there at `at` stands there. The journal tells of a change a moment after it was made: what
    is to be undone is older than its entry, so that nothing may be compared with the entry's own time.
    """
    for version in versions:
        if version.at <= at:
            shown = version.values.get(field)
            since = collected.get(shown.provenance) if shown and shown.provenance else None
            return since or version.at
    return at


def masked(rule: FieldRule, text: str) -> str:
    return identifiers.mask(rule.masking_rule, text, profile="strict") if text else ""
