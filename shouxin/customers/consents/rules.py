"""Pure decisions about consent: the boxes a purpose needs, when one may be asked again, what cannot be refused."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from shouxin.core.text import Text

GENERAL, SENSITIVE = "general", "sensitive"
OPENING = frozenset(
    {GENERAL, SENSITIVE}
)  # the kinds whose fields the gate opens; the others let values leave
SEPARATE = frozenset({"separate", "written"})
ASK_AGAIN_AFTER = timedelta(days=90)  # product default, after a refusal of the same purpose
# Bases on which processing goes on whatever the person says (PIPL 13(1)(3) and (4)); they are told so.
GOES_ON = frozenset({"CN-13-1-3", "CN-13-1-4"})


@dataclass(frozen=True, slots=True)
class Asked:
    """What must be known about a field to know how it is agreed to."""

    key: str
    name: Text
    sensitive: bool
    consent_type: str  # none | general | separate | written


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


def boxes(purpose: Text, fields: Sequence[Asked]) -> tuple[Box, ...]:
    """One box for the purpose with its ordinary fields, and one for each field that needs a consent of its own.

    Sensitive personal information is agreed to separately (PIPL 29), in writing where the catalogue says so.
    """
    alone = [one for one in fields if one.sensitive or one.consent_type in SEPARATE]
    ordinary = tuple(one.key for one in fields if one not in alone)
    general = Box(
        GENERAL,
        "",
        Text(f"同意为“{purpose.zh}”处理我的信息", f"I agree to processing for “{purpose.en}”"),
        ordinary,
    )
    separate = [
        Box(
            SENSITIVE,
            one.key,
            Text(
                f"单独同意为“{purpose.zh}”处理我的{one.name.zh}",
                f"I agree separately to processing of my {one.name.en} for “{purpose.en}”",
            ),
            (one.key,),
            written=one.consent_type == "written",
        )
        for one in alone
    ]
    return (general, *separate)


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
    return [] if GENERAL in ticked else sorted(key for key in ticked if key.partition(":")[0] == SENSITIVE)


def may_ask(refused_at: datetime | None, now: datetime) -> bool:
    """Whether the same purpose may be asked about again."""
    return refused_at is None or now - refused_at >= ASK_AGAIN_AFTER
