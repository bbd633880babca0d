"""The page of boxes a person is shown: the notice in force and what may be agreed to, kept as it was shown."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shouxin.core.policy import FieldRule, PurposeRule, PurposeStatus
from shouxin.core.text import Text
from shouxin.customers.consents import rules
from shouxin.customers.consents.errors import ConsentProblem
from shouxin.customers.consents.models import Shown
from shouxin.customers.consents.rules import Asked, Box, Receiving
from shouxin.gate.facts import rules as rulebooks
from shouxin.kit import countries
from shouxin.kit.statements import execute
from shouxin.rulebook.catalogue.categories import BIOMETRIC
from shouxin.rulebook.catalogue.queries import held_revision
from shouxin.rulebook.purposes import naming, reading
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.recipients.models import Recipient


@dataclass(frozen=True, slots=True)
class Page:
    """`sha256` names what is shown; it travels with the answer, so that the evidence says what was answered to."""

    sha256: str
    purpose: str
    language: str
    notice_version: UUID
    text: str
    boxes: tuple[Box, ...]
    months: int | None = None  # for which what is agreed to on it holds; None: until it is taken back

    def fields(self, ticked: frozenset[str]) -> frozenset[str]:
        """The fields that these boxes open."""
        return frozenset(
            key for box in self.boxes if box.key in ticked and box.kind in rules.OPENING for key in box.fields
        )


def boxes_of(purpose: str) -> tuple[Box, ...]:
    """What the purpose asks for, from its fields as the rulebook has them now.

    Raises:
        ConsentProblem: no such purpose in use, or it does not rest on consent.
    """
    rule = rulebooks["rulebook"].purpose(purpose)
    if rule is None or rule.status is not PurposeStatus.ACTIVE or rule.notice_version_id is None:
        raise ConsentProblem("purpose.unknown")
    if not rule.consent_based:
        raise ConsentProblem("purpose.not-on-consent")
    return foreseen(rule)


def foreseen(rule: PurposeRule) -> tuple[Box, ...]:
    """What a purpose that rests on consent asks for, or would once it is in use."""
    known, wanted = rulebooks["rulebook"].fields(), _wanted(rule)
    kinds = {
        key: (consent, category == BIOMETRIC) for key, consent, category in execute(_KINDS, (list(wanted),))
    }
    asked = [Asked(key, known[key].name, known[key].sensitive, *kinds[key]) for key in wanted]
    row = reading.found(rule.key)
    publishes = Text(row.publishes_zh, row.publishes_en or row.publishes_zh) if row.publishes_zh else None
    return rules.boxes(rule.name, asked, _companies(rule, row), publishes, row.consent_months)


def _wanted(rule: PurposeRule) -> list[str]:
    known = rulebooks["rulebook"].fields()
    return [key for key in known if key in rule.fields and known[key].active]


def companies(rule: PurposeRule) -> list[Receiving]:
    """Whom the purpose names, each with those of its fields in use that it gets."""
    return _companies(rule, reading.found(rule.key))


def _companies(rule: PurposeRule, row: Purpose) -> list[Receiving]:
    reading.load([row])
    asked, found = _wanted(rule), []
    for one in naming.given(row, row.needs.all()):
        fields = {need.field_id for need in row.needs.all() if naming.gets(one, need)}
        who = one.recipient
        found.append(
            Receiving(
                str(who.id),
                Text(who.name_zh, who.name_en or who.name_zh),
                who.part == Recipient.Part.ENTRUSTED,
                tuple(key for key in asked if key in fields),
                countries.named(who.country) if who.abroad else None,
            )
        )
    return found


_STANDS = """
SELECT v.sha256, p.activated_at, EXISTS (SELECT FROM customers_consent_shown s WHERE s.sha256 = %(shown)s)
FROM rulebook_noticeversion v, rulebook_purpose p WHERE v.id = %(version)s AND p.key = %(purpose)s
"""
_SHOW = """
INSERT INTO customers_consent_shown (sha256, purpose_id, notice_version_id, language, content, first_at)
VALUES (%b, %b, %b, %b, %b, %b) ON CONFLICT (sha256) DO NOTHING
"""
_SAID = "SELECT activated_at, consent_months FROM rulebook_purpose WHERE key = %b"
_KINDS = "SELECT key, consent_type, category FROM rulebook_field WHERE key = ANY(%b::text[])"
_ASKED = "SELECT purpose_id, language FROM customers_consent_shown WHERE sha256 = %b"


@dataclass(frozen=True, slots=True)
class _Made:
    """A page in the main language, of what it was made: the same rules and the same text give the same page.

    What a purpose in use says of itself, and those it names, stay as they are until it is put into use anew.
    """

    rule: PurposeRule | None
    fields: Mapping[str, FieldRule]
    notice: str
    active_since: datetime | None
    page: Page

    def stands(self) -> bool:
        """Whether it would be made again word for word, and is kept as shown."""
        page = self.page
        named = {"shown": page.sha256, "version": page.notice_version, "purpose": page.purpose}
        return execute(_STANDS, named) == [(self.notice, self.active_since, True)]


_last: dict[str, _Made] = {}  # by purpose


@held_revision()
def present(*, purpose: str, language: str, now: datetime) -> Page:
    """The page to show now, kept so that it can be shown again as it was.

    Raises:
        ConsentProblem: the purpose has no page of boxes.
    """
    rule, fields = rulebooks["rulebook"].purpose(purpose), rulebooks["rulebook"].fields()
    known = None if _english(language) else _last.get(purpose)
    if known is not None and known.rule is rule and known.fields is fields and known.stands():
        return known.page
    said = execute(_SAID, (purpose,))
    since, months = said[0] if said else (None, None)
    offered = boxes_of(purpose)  # read after `since`, so never older
    main = reading.version(rule.notice_version_id)  # type: ignore[union-attr,arg-type] # boxes_of found it
    version = in_language(main, language)
    page = _kept(purpose, version, offered, months, now)
    if version.id == main.id and not _english(language):
        _last[purpose] = _Made(rule, fields, version.sha256, since, page)
    return page


def _kept(
    purpose: str, version: NoticeVersion, offered: tuple[Box, ...], months: int | None, now: datetime
) -> Page:
    content = rules.canonical(
        {
            "purpose": purpose,
            "language": version.language,
            "notice": str(version.id),
            "notice_sha256": version.sha256,
            "text": version.text,
            "boxes": [_written(box) for box in offered],
            **({"months": months} if months else {}),
        }
    )
    key = rules.digest(content)
    execute(_SHOW, (key, purpose, version.id, version.language, content, now))
    return Page(key, purpose, version.language, version.id, version.text, offered, months)


def _english(language: str) -> bool:
    return language.startswith("en")


def in_language(main: NoticeVersion, language: str) -> NoticeVersion:
    """The same version in `language`; in Chinese where there is no translation of it."""
    if not _english(language):
        return main
    english = NoticeVersion.objects.filter(
        notice=main.notice_id,
        number=main.number,
        language=NoticeVersion.Language.EN,
        approved_at__isnull=False,
    )
    return english.first() or main


def again(shown: Shown) -> Page:
    """A page as it was shown once, whatever the rulebook says today."""
    kept: dict[str, Any] = json.loads(shown.content)
    offered = tuple(
        Box(
            box["kind"],
            box["item"],
            Text(box["label_zh"], box["label_en"]),
            tuple(box["fields"]),
            written=box["written"],
        )
        for box in kept["boxes"]
    )
    version, months = UUID(kept["notice"]), kept.get("months")
    return Page(shown.sha256, kept["purpose"], kept["language"], version, kept["text"], offered, months)


def current(sha256: str, *, now: datetime) -> Page:
    """The page named, if it is still what would be shown.

    Raises:
        ConsentProblem: never shown, or changed since.
    """
    shown = execute(_ASKED, (sha256,))
    if not shown:
        raise ConsentProblem("page.unknown")
    purpose, language = shown[0]
    page = present(purpose=purpose, language=language, now=now)
    if page.sha256 != sha256:
        raise ConsentProblem("page.changed")
    return page


def _written(box: Box) -> dict[str, Any]:
    return {
        "kind": box.kind,
        "item": box.item,
        "label_zh": box.label.zh,
        "label_en": box.label.en,
        "fields": list(box.fields),
        "written": box.written,
        "ticked": False,  # nothing is ticked beforehand
    }
