"""Pure decisions of sending: whether a message may go to one person now, later or not at all, and what it still lacks.

`judge` is asked for each recipient at the moment of handing over; whatever it is not told counts against sending.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from types import MappingProxyType
from typing import Any, Final

from shouxin.core.identifiers import recognise
from shouxin.customers.messages import places, words
from shouxin.customers.preferences import rules as limits
from shouxin.customers.preferences.rules import Limits
from shouxin.rulebook.regions.rules import Hours

COMMERCIAL, SERVICE, STATUTORY, INCIDENT = "commercial", "service", "statutory", "incident"
CODE: Final = "code"  # asked for by the person this minute; written by nobody, so no message is made of it
AT_ONCE: Final = frozenset({STATUTORY, INCIDENT, CODE})  # neither wishes nor the hour hold these back
STATUTORY_BASIS: Final = "CN-13-1-3"
EMAIL, SMS, CALL = "email", "sms", "call"
# The fields a channel reads an address from, the customer's own first, and how a wish names the channel.
ADDRESSES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        EMAIL: ("email", "contact_email"),
        SMS: ("mobile", "contact_mobile"),
        CALL: ("mobile", "contact_mobile"),
    }
)
WISHED: Final[Mapping[str, str]] = MappingProxyType({EMAIL: "email", SMS: "sms", CALL: "phone"})
VALIDATOR: Final[Mapping[str, str]] = MappingProxyType({EMAIL: "EMAIL", SMS: "MOBILE", CALL: "MOBILE"})
# Product defaults: the hours of the day, where the recipient is, in which each kind may arrive.
HOURS: Final[Mapping[str, tuple[time, time]]] = MappingProxyType(
    {COMMERCIAL: (time(9), time(20)), SERVICE: (time(8), time(21))}
)
LASTS: Final = timedelta(days=14)  # from the approval on; whoever could not be reached by then is left out
_STEP: Final = timedelta(minutes=15)
# What may stand in a text: the organisation's own number and address for answers.
_OURS: Final = frozenset({"EMAIL", "LANDLINE"})


class Word(StrEnum):
    """What is said about one recipient."""

    SEND = "send"
    LATER = "later"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` says why not now; `at` is the earliest moment to ask again."""

    word: Word
    code: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """Everything about one recipient that bears on sending to them."""

    exists: bool = False
    merged: bool = False
    quarantined: bool = False
    restricted: bool = False
    closed: str = ""  # the gate's refusal: no live consent, purpose refused, destroyed…
    agreed: bool = False  # a live consent to the purpose
    address: str = ""  # a code when there is none to use, "ok" when there is
    suppressed: bool = False
    repeated: bool = False  # another recipient of the same message has the same address
    lead: str = ""  # why a lead may not be reached: no permission, or over
    wishes: Sequence[Limits] = ()
    countries: frozenset[str] = frozenset()
    regions: Sequence[Hours] = ()  # of the profiles that bind the customer; all of them have to be open


def judge(
    kind: str, channel: str, known: Known, *, until: datetime, now: datetime, dialled: bool = False
) -> Verdict:
    """Whether a message of `kind` may be handed over for this recipient at `now`; `dialled`: a listed number called."""
    if code := _obstacle(kind, channel, known, now):
        return Verdict(Word.NEVER, code)
    if now >= until:
        return Verdict(Word.NEVER, "deadline")
    if channel == CALL and not dialled:  # a list is no call: the hours are looked at when somebody dials
        return Verdict(Word.SEND)
    if code := _held(kind, channel, known, now):
        at = now
        while _held(kind, channel, known, at):
            at += _STEP
            if at >= until:
                return Verdict(Word.NEVER, "deadline")
        return Verdict(Word.LATER, code, at)
    return Verdict(Word.SEND)


def _obstacle(kind: str, channel: str, known: Known, now: datetime) -> str:
    """What no waiting mends."""
    if not known.exists or known.quarantined:
        return "customer.unknown"
    if known.merged:
        return "customer.merged"
    if known.closed:
        return known.closed
    if kind == COMMERCIAL and not known.agreed:
        return "consent.missing"
    if kind not in AT_ONCE:
        if known.restricted:
            return "customer.restricted"
        if known.lead:
            return known.lead
        if known.suppressed:
            return "suppressed"
        for wish in known.wishes:
            code = limits.judge(wish, WISHED[channel], now)
            if code and code != "limits.hours":
                return code
    if known.address != "ok":
        return known.address or "address.none"
    return "address.repeated" if known.repeated else ""


def _held(kind: str, channel: str, known: Known, at: datetime) -> str:
    """What holds a message back at this hour."""
    if kind in AT_ONCE:
        return ""
    first, last = HOURS[kind]
    for country, zones in places.zones(known.countries).items():
        for zone in zones:
            local = at.astimezone(zone)
            if not first <= local.time() < last:
                return "quiet.hours"
            if kind == COMMERCIAL and places.is_holiday(country, local):
                return "quiet.holiday"
    for region in known.regions:
        if code := region.closed(at):
            return code
    if any(limits.judge(wish, WISHED[channel], at) == "limits.hours" for wish in known.wishes):
        return "limits.hours"
    return ""


@dataclass(frozen=True, slots=True)
class Content:
    """What is sent, and what stands behind it."""

    kind: str
    channel: str
    purpose: str
    sender: str
    subject: str
    body: str
    terms: str = ""
    proof: str = ""  # SHA-256 of the file that shows the offer is real
    personal: str = ""  # the same offer for a stage of dealings, for those who agreed to that
    personal_stage: str = ""
    enclosed: str = ""  # what each recipient gets an address of their own for

    def digest(self) -> str:
        """By which the content is frozen: what was approved is what is sent."""
        said: dict[str, Any] = {name: getattr(self, name) for name in self.__slots__}
        if not self.personal:
            del said["personal"], said["personal_stage"]
        if not self.enclosed:
            del said["enclosed"]
        return sha256(
            json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        ).hexdigest()


@dataclass(frozen=True, slots=True)
class Lack:
    """Why a message cannot be handed in as it stands; `named` are the words at fault, with their source."""

    code: str
    named: Sequence[str] = field(default_factory=tuple)


def lacks(content: Content, *, consent_based: bool, basis: str) -> list[Lack]:
    """Everything that has to be mended before somebody may approve it."""
    found = [
        Lack(code)
        for code, text in (("sender", content.sender), ("subject", content.subject), ("body", content.body))
        if not text.strip()
    ]
    if _personal(content):
        found.append(Lack("personal"))
    if content.kind in AT_ONCE and basis != STATUTORY_BASIS:
        found.append(Lack("purpose.not-statutory"))
    if content.kind != COMMERCIAL:
        offered = words.offering(f"{content.subject}\n{content.body}\n{content.terms}")
        return [
            *found,
            *([Lack("personal.kind")] if content.personal else []),
            *([_named("commercial", offered)] if offered else []),
        ]
    if content.personal and not content.personal_stage:
        found.append(Lack("personal.stage"))
    if not consent_based:
        found.append(Lack("purpose.not-on-consent"))
    if not content.terms.strip():
        found.append(Lack("terms"))
    if not content.proof:
        found.append(Lack("proof"))
    said = words.absolute(f"{content.subject}\n{content.body}\n{content.terms}\n{content.personal}")
    if said:
        found.append(_named("absolute", said))
    return found


def _named(code: str, said: Sequence[words.Word]) -> Lack:
    return Lack(code, [f"{one.text}（{one.source}）" for one in said])


def _personal(content: Content) -> bool:
    """Whether something of a person stands in what everybody is sent."""
    text = f"{content.subject}\n{content.body}\n{content.terms}\n{content.personal}"
    return any(one.kind not in _OURS for one in recognise(text))


def text(content: Content, leave: str, own: str = "", portal: str = "") -> str:
    """What arrives: who sends it, what is offered, what is for this reader alone (`own`), how to be left alone, and
    where one's own page is."""
    if content.channel == SMS:
        tail = f" 拒收/Unsubscribe: {leave}" if leave else ""
        terms = f" {content.terms.strip()}" if content.terms.strip() else ""
        alone = f" {own}" if own else ""
        return f"【{content.sender}】{content.body.strip()}{alone}{terms}{tail}"
    parts = [content.body.strip(), own, content.terms.strip(), content.sender]
    if leave:
        parts.append(f"不想再收到，点此退订，一次即生效：{leave}\nUnsubscribe with one click: {leave}")
    if portal:
        parts.append(
            f"查看和改变我们保存的您的信息：{portal}\nSee and change what we hold about you: {portal}"
        )
    return "\n\n".join(part for part in parts if part) + "\n"


def personal(content: Content, plain: str) -> str:
    """The version picked for somebody, with the way to the one that is not, where it can be switched off too."""
    return (
        f"{content.personal.strip()}\n\n这是按您的往来情况挑选的内容。同样条件的非个性化内容，以及关闭个性化：{plain}\n"
        f"Picked for you. The same offer not picked for you, and the switch: {plain}"
    )


def tally(codes: Collection[str]) -> dict[str, int]:
    """How many there are of each code, the most frequent first."""
    counts: dict[str, int] = {}
    for code in codes:
        counts[code] = counts.get(code, 0) + 1
    return dict(sorted(counts.items(), key=lambda one: (-one[1], one[0])))
