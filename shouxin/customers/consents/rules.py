"""Pure decisions about consent: the boxes a purpose needs, when one may be asked again, what cannot be refused."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from hashlib import sha256
from typing import Any, Protocol, TypeVar
from uuid import UUID

from shouxin.core.text import Text
from shouxin.gate.limits import ZONE
from shouxin.kit.clock import months_later
from shouxin.people.thresholds.rules import Threshold, declare

GENERAL, SENSITIVE = "general", "sensitive"
PROVISION, ABROAD, PUBLICATION, FACE = "provision", "abroad", "publication", "face"
# The kinds whose fields the gate opens; the others let values leave.
OPENING = frozenset({GENERAL, SENSITIVE, FACE})
LEAVING = frozenset({PROVISION, ABROAD, PUBLICATION})
SEPARATE = frozenset({"separate", "written"})
ASK_AGAIN = declare(
    Threshold(
        "consent_ask_again",
        Text("拒绝或撤回同意后，再次征求的间隔", "Days until a refused purpose may be asked about again"),
        Text(
            "本人拒绝或撤回对一个目的、或其中一项的同意后，过了这些天才可以再次征求。产品默认值，不是法定期限。",
            "After somebody refused or withdrew a purpose, or one thing asked within it, that is not asked about for "
            "so long. A default of the product, not a period of law.",
        ),
        "days",
        90,
        30,
        730,
    )
)
ASK_ON = declare(
    Threshold(
        "consent_ask_on",
        Text("同意到期前多少天可以征求续期", "Days before a consent ends in which it may be asked for anew"),
        Text(
            "同意快到期时，这些天内可以征求续期；不续的到期自动失效。产品默认值，不是法定期限。",
            "So long before a consent ends people may be asked to go on; what nobody goes on with ends by itself. A "
            "default of the product, not a period of law.",
        ),
        "days",
        30,
        1,
        180,
    )
)
# Bases on which processing goes on whatever the person says (PIPL 13(1)(3) and (4)); they are told so.
GOES_ON = frozenset({"CN-13-1-3", "CN-13-1-4"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known about a field to know how it is agreed to."""

    key: str
    name: Text
    sensitive: bool
    consent_type: str  # none | general | separate | written
    identifies: bool = False  # a face or another feature of the body by which somebody is recognised


@dataclass(frozen=True, slots=True)
class Box:
    """One thing a person may agree to; it is empty until they tick it."""

    kind: str
    item: str
    label: Text
    fields: tuple[str, ...] = ()
    written: bool = False  # law asks for a signature; a scan goes with it

    @property
    def key(self) -> str:
        """By which a page names it."""
        return f"{self.kind}:{self.item}" if self.item else self.kind


@dataclass(frozen=True, slots=True)
class Receiving:
    """A company that gets something under a purpose, as far as people decide about it: `fields` are what it gets."""

    key: str
    name: Text
    entrusted: bool
    fields: tuple[str, ...]
    abroad: Text | None = None  # the country, where it is not at home


def boxes(
    purpose: Text,
    fields: Sequence[Asked],
    companies: Sequence[Receiving] = (),
    publishes: Text | None = None,
    months: int | None = None,
) -> tuple[Box, ...]:
    """One box for the purpose with its ordinary fields, one for each field that needs a consent of its own, one for
    each company that gets something, and one for what is published.

    Sensitive personal information is agreed to separately (PIPL 29), in writing where the catalogue says so, and so are
    features of the body (PIPL 26); giving it to another handler (PIPL 23) or to anybody abroad (PIPL 39), for each by
    itself; publishing it (PIPL 25). Nothing is asked about who is entrusted at home (PIPL 21).
    """
    alone = [one for one in fields if one.sensitive or one.identifies or one.consent_type in SEPARATE]
    lasts = (
        Text(f"，{months} 个月内有效", f", for {months} month{'s' if months > 1 else ''}")
        if months
        else Text("", "")
    )
    general = Box(
        GENERAL,
        "",
        Text(
            f"同意为“{purpose.zh}”处理我的信息{lasts.zh}",
            f"I agree to processing for “{purpose.en}”{lasts.en}",
        ),
        tuple(one.key for one in fields if one not in alone),
    )
    separate = [_of_field(purpose, one) for one in alone]
    separate += [_of_company(purpose, one) for one in companies if box_kind(one)]
    return (general, *separate, *([_of_publishing(purpose, publishes)] if publishes else []))


def _of_field(purpose: Text, one: Asked) -> Box:
    label = Text(
        f"单独同意为“{purpose.zh}”处理我的{one.name.zh}",
        f"I agree separately to processing of my {one.name.en} for “{purpose.en}”",
    )
    if one.identifies:
        label = Text(
            f"单独同意为“{purpose.zh}”处理我的身份识别信息：{one.name.zh}",
            f"I agree separately to processing of what my body is recognised by, {one.name.en}, for “{purpose.en}”",
        )
    kind = FACE if one.identifies else SENSITIVE
    return Box(kind, one.key, label, (one.key,), written=one.consent_type == "written")


def box_kind(company: Receiving) -> str:
    """Which separate consent a company needs; "" where it needs none."""
    if not company.fields:
        return ""
    if company.abroad:
        return ABROAD  # told and asked beyond what PIPL 23 wants, so it stands for that too
    return "" if company.entrusted else PROVISION


def _of_company(purpose: Text, one: Receiving) -> Box:
    label = Text(
        f"单独同意为“{purpose.zh}”把我的信息提供给{one.name.zh}",
        f"I agree separately to my information being given to {one.name.en} for “{purpose.en}”",
    )
    if one.abroad:
        label = Text(
            f"单独同意为“{purpose.zh}”把我的信息提供给境外的{one.name.zh}（{one.abroad.zh}）",
            f"I agree separately to my information being given to {one.name.en} abroad ({one.abroad.en}) for"
            f" “{purpose.en}”",
        )
    return Box(box_kind(one), one.key, label, one.fields)


def _of_publishing(purpose: Text, publishes: Text) -> Box:
    label = Text(
        f"单独同意为“{purpose.zh}”公开我的信息：{publishes.zh}",
        f"I agree separately to my information being published for “{purpose.en}”: {publishes.en}",
    )
    return Box(PUBLICATION, "", label)


def canonical(content: Mapping[str, Any]) -> str:
    """The bytes whose digest names a page."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest(text: str) -> str:
    """SHA-256, hexadecimal."""
    return sha256(text.encode()).hexdigest()


def unknown_boxes(ticked: Collection[str], offered: Sequence[Box]) -> list[str]:
    """What was ticked and is not on the page."""
    return sorted(set(ticked) - {box.key for box in offered})


def bundled(ticked: Collection[str]) -> list[str]:
    """Separate consents ticked although the purpose itself was not: there is nothing they could stand beside."""
    return [] if GENERAL in ticked else sorted(ticked)


def ask_again_at(refused_at: datetime, days: int) -> datetime:
    """When what was refused then may be asked about again."""
    return refused_at + timedelta(days=days)


def end_of(day: date) -> datetime:
    """The first moment after a day."""
    return datetime.combine(day + timedelta(days=1), time.min, ZONE)


def ends(at: datetime, months: int | None, own: datetime | None) -> datetime | None:
    """When what is agreed to at `at` is over: after the months that its page names, or sooner, as the person said."""
    named = end_of(months_later(at.astimezone(ZONE).date(), months)) if months else None
    return min((one for one in (named, own) if one), default=None)


class Word(Protocol):
    """What somebody said about one box, as far as two of them are compared."""

    state: str
    since: datetime


W = TypeVar("W", bound=Word)


def last_word(said: Sequence[W]) -> W:
    """Of what one person said in two places, what holds: a withdrawal, else the latest; of two at once, the no."""
    return max(said, key=lambda one: (one.state == "withdrawn", one.since, one.state == "refused"))


def is_under(born: date, age: int, today: date) -> bool:
    """Whether somebody born then has not had their birthday of `age` years yet; born on 29 February, on 1 March."""
    return (today.year - born.year - ((today.month, today.day) < (born.month, born.day))) < age


def why_no_guardian(*, under_age: bool, guardian: UUID | None, is_guardian: bool, proof: str) -> str | None:
    """Why what was ticked is nobody's consent yet (a code), or None: children's guardians decide for them (PIPL 31)."""
    if guardian is None:
        return "guardian.needed" if under_age else None
    if not is_guardian:
        return "guardian.unknown"
    return None if proof else "guardian.no-proof"
