"""Consent records and receipts as JSON-LD: structured as ISO/IEC TS 27560 has it, in terms of DPV.

docs/formats/consent-records.md describes the schema and lists every term that is used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import override

from shouxin.core.policy import Actor
from shouxin.customers.consents import pages, queries
from shouxin.customers.consents.models import Decision, Kind, State
from shouxin.gate.facts import rules as rulebooks
from shouxin.journal import services as journal
from shouxin.rulebook.catalogue.models import RetentionRule
from shouxin.rulebook.purposes.models import NoticeVersion, Purpose
from shouxin.rulebook.purposes.published import nameable
from shouxin.rulebook.purposes.queries import organisation_name
from shouxin.rulebook.recipients import queries as recipients
from shouxin.rulebook.wording import period

SCHEMA = "ISO/IEC TS 27560:2023"
CONTEXT = {
    "dpv": "https://w3id.org/dpv#",
    "dct": "http://purl.org/dc/terms/",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "dpv:isIndicatedAtTime": {"@type": "xsd:dateTime"},
    "dct:created": {"@type": "xsd:dateTime"},
    "dct:valid": {"@type": "xsd:dateTime"},
    "dpv:hasConsentStatus": {"@type": "@id"},
    "dpv:hasLegalBasis": {"@type": "@id"},
    "dpv:hasProcessing": {"@type": "@id"},
}
STATUS = {
    State.GIVEN: "dpv:ConsentGiven",
    State.REFUSED: "dpv:ConsentRefused",
    State.WITHDRAWN: "dpv:ConsentWithdrawn",
}
PROCESSING = {
    Kind.PROVISION: "dpv:Share",
    Kind.ABROAD: "dpv:CrossBorderTransfer",
    Kind.PUBLICATION: "dpv:MakeAvailable",
}
EXPIRED = "dpv:ConsentExpired"


@dataclass(frozen=True, slots=True)
class _Asked:
    """For whom and when a document is made."""

    customer: UUID
    language: str
    now: datetime


def records(customer: UUID, language: str, now: datetime) -> dict[str, Any]:
    """Everything a person ever decided: one record for each box, with its events in their order."""
    asked = _Asked(customer, language, now)
    boxes: dict[tuple[str, str, str], list[Decision]] = {}
    for one in queries.decisions(customer).order_by("at", "id"):
        boxes.setdefault((one.purpose, one.kind, one.item), []).append(one)
    return _document(asked, [_record(asked, rows, "dpv:ConsentRecord") for rows in boxes.values()])


def receipt(customer: UUID, entry: UUID, language: str, now: datetime) -> dict[str, Any] | None:
    """What a person decided by one act, named by its entry in the journal; None when it is not theirs."""
    asked = _Asked(customer, language, now)
    rows = list(queries.decisions(customer).filter(entry=entry).order_by("kind", "item", "id"))
    found = [_record(asked, [row], "dpv:ConsentReceipt") for row in rows]
    return _document(asked, found) if found else None


def hand_out(*, actor: Actor, customer: UUID, language: str, now: datetime) -> dict[str, Any]:
    """The records for staff, who have established that they may see the customer; journalled."""
    with transaction.atomic():
        found = records(customer, language, now)
        journal.append(
            actor=actor, event="consent.exported", customer=customer, data={"records": len(found["@graph"])}
        )
    return found


def _document(asked: _Asked, graph: Sequence[dict[str, Any]]) -> dict[str, Any]:
    return {
        "@context": CONTEXT,
        "dct:conformsTo": SCHEMA,
        "dct:created": _moment(asked.now),
        "dct:language": asked.language,
        "@graph": list(graph),
    }


def _record(asked: _Asked, rows: Sequence[Decision], kind: str) -> dict[str, Any]:
    """Header, processing, parties and events of one box."""
    first, last = rows[0], rows[-1]
    return {
        "@id": f"urn:uuid:{first.id}",
        "@type": kind,
        "dct:conformsTo": SCHEMA,
        "dct:identifier": f"urn:uuid:{last.entry if kind == 'dpv:ConsentReceipt' else first.id}",
        "dct:created": _moment(first.at),
        "dpv:hasDataSubject": {"dct:identifier": f"urn:uuid:{asked.customer}"},
        "dpv:hasDataController": _controller(last),
        "dpv:hasNotice": _notice(last),
        "dpv:hasProcess": _process(asked, last),
        "dpv:hasConsentStatus": _status(last, asked.now),
        "dpv:hasRecordOfActivity": [_event(row) for row in rows],
    }


def _controller(row: Decision) -> dict[str, Any]:
    handler = Purpose.objects.filter(key=row.purpose).values_list("handler", flat=True).first()
    contact = NoticeVersion.objects.filter(id=row.shown.notice_version_id).values_list("contact", flat=True)
    return {
        "dpv:hasName": handler or organisation_name(),
        "dpv:hasContact": contact.first() or "",
    }


def _notice(row: Decision) -> dict[str, Any]:
    """The page exactly as it was seen, by its SHA-256."""
    return {
        "@type": "dpv:ConsentNotice",
        "dct:identifier": f"sha256:{row.shown_id}",
        "dct:language": row.shown.language,
        "dct:created": _moment(row.shown.first_at),
    }


def _process(asked: _Asked, row: Decision) -> dict[str, Any]:
    purpose = Purpose.objects.filter(key=row.purpose).select_related("retention_rule").first()
    boxes = pages.again(row.shown).boxes
    box = next((one for one in boxes if (one.kind, one.item) == (row.kind, row.item)), None)
    known, told = rulebooks["rulebook"].fields(), nameable()
    names = [
        {"dct:identifier": key, "dct:title": known[key].name.in_(asked.language)}
        for key in (box.fields if box else ())
        if key in told and key in known
    ]
    said: dict[str, Any] = {
        "dpv:hasPurpose": {
            "dct:identifier": row.purpose,
            "dct:title": purpose.name if purpose else row.purpose,
            "dct:description": box.label.in_(asked.language) if box else "",
        },
        "dpv:hasLegalBasis": "dpv:Consent",
        "dpv:hasPersonalData": names,
    }
    if purpose:
        said["dpv:hasStorageCondition"] = {"dpv:hasDuration": _period(purpose.retention_rule)}
    if row.kind in {Kind.PROVISION, Kind.ABROAD}:
        said["dpv:hasRecipient"] = _recipient(asked, row)
    if row.kind in PROCESSING:
        said["dpv:hasProcessing"] = PROCESSING[Kind(row.kind)]
    return said


def _recipient(asked: _Asked, row: Decision) -> dict[str, Any]:
    """The company by its name in the register, which keeps those that are retired; abroad, with its country."""
    who = recipients.by_id(row.item)
    said = {
        "@type": "dpv:DataImporter" if row.kind == Kind.ABROAD else "dpv:Recipient",
        "dct:identifier": f"urn:uuid:{row.item}",
    }
    if who is None:
        return said
    with override(asked.language):
        said |= {"dpv:hasName": who.name, "dpv:hasContact": who.contact}
    return said | ({"dpv:hasThirdCountry": who.country} if row.kind == Kind.ABROAD else {})


def _period(rule: RetentionRule) -> str:
    return period(rule.default_value, rule.default_unit)


def _event(row: Decision) -> dict[str, Any]:
    """One decision: what, when, by which door, by whom, and its entry in the journal."""
    event: dict[str, Any] = {
        "@id": f"urn:uuid:{row.id}",
        "dpv:hasConsentStatus": STATUS[State(row.decided)],
        "dpv:isIndicatedAtTime": _moment(row.at),
        "dpv:hasIndicationMethod": row.channel,
        "dpv:isIndicatedBy": {"dct:identifier": f"urn:uuid:{row.guardian or row.customer_id}"},
        "dct:source": f"urn:uuid:{row.entry}",
    }
    if row.until:
        event["dct:valid"] = _moment(row.until)
    return event


def _status(row: Decision, now: datetime) -> str:
    over = row.decided == State.GIVEN and row.until is not None and row.until <= now
    return EXPIRED if over else STATUS[State(row.decided)]


def _moment(at: datetime) -> str:
    return at.isoformat()
