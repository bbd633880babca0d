"""The page that anybody fills: what it asks and says, and what was sent from it; nothing is kept before that."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import get_language

from shouxin.customers.asking.boxes import BoxesForm
from shouxin.customers.collection import consenting
from shouxin.customers.collection import rules as collection
from shouxin.customers.collection.consenting import Choice
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.services import Asked
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms.forms import AnswerForm
from shouxin.customers.consents import pages
from shouxin.customers.public_forms.receiving import Sent
from shouxin.customers.registry.presenting import uuid_or_none
from shouxin.kit import ids
from shouxin.kit.bots import services as bots
from shouxin.rulebook.purposes.models import NoticeVersion

OWN = frozenset({"csrfmiddlewaretoken", "sent", "kind", "notice_version", *bots.FIELDS})


@dataclass(slots=True)
class PublicPage:
    """One showing of the form, for one kind of customer."""

    asked: Asked
    kind: str
    sent: UUID
    notice: NoticeVersion  # in the reader's language
    answers: AnswerForm
    consent: BoxesForm | None = None
    offered: list[BoxesForm] = field(default_factory=list)

    def boxes(self) -> list[BoxesForm]:
        return ([self.consent] if self.consent else []) + self.offered


def build(asked: Asked, data: QueryDict | None, kind: str, now: datetime) -> PublicPage:
    """The page, blank or with what was just sent from it; no box is ticked by itself."""
    spoken = get_language() or "zh-hans"
    kinds = asked.content.kinds
    kind = kind if kind in kinds else kinds[0]
    main = NoticeVersion.objects.select_related("notice").get(id=asked.notice)
    consent = None
    if asked.purpose.consent_based:
        own = pages.present(purpose=asked.purpose.key, language=spoken, now=now)
        consent = BoxesForm(data, page=own, prefix="consent")
    offers = consenting.offers(asked.content.offers, language=spoken, customer=None, now=now)
    return PublicPage(
        asked,
        kind,
        (uuid_or_none(data.get("sent", "")) if data is not None else None) or ids.new(),
        pages.in_language(main, spoken),
        AnswerForm(data, content=asked.content, subject=kind, fields=asked.fields),
        consent,
        [BoxesForm(data, page=one, prefix=f"offer-{one.purpose}") for one in offers],
    )


def sent(page: PublicPage, data: QueryDict, names: list[str], address: str) -> Sent:
    """What was sent, with every name that neither the form nor its page has."""
    own = set(OWN)
    for boxes in page.boxes():
        own |= {boxes.add_prefix(name) for name in boxes.fields}
    keys = page.asked.content.keys
    # One value each: a field sent twice is none that the form has.
    twice = [name for name in data if len(data.getlist(name)) > 1]
    return Sent(
        id=page.sent,
        kind=page.kind,
        values={key: data.get(key, "") for key in keys if key in data},
        notice_version=uuid_or_none(data.get("notice_version", "")),
        choice=_choice(page.consent),
        offered=tuple(chosen for boxes in page.offered if (chosen := _choice(boxes))),
        strays=(*collection.undeclared([*data, *names], keys, own), *twice),
        address=address,
    )


def _choice(boxes: BoxesForm | None) -> Choice | None:
    """What was ticked, if its page was shown at all."""
    if boxes is None or not boxes.is_valid():
        return None
    return Choice(boxes.cleaned_data["shown"], boxes.ticked)


def rows(page: PublicPage) -> list[dict[str, Any]]:
    """Each question with why it is asked, in the reader's language."""
    english = (get_language() or "").startswith("en")
    why = {
        row.field_id: (row.reason_en or "" if english else row.reason_zh)
        for row in forms.asked(page.asked.version)
    }
    return [
        {
            "field": page.answers[name],
            "mandatory": getattr(box, "mandatory", False),
            "why": why.get(name, ""),
        }
        for name, box in page.answers.fields.items()
    ]


def refuse(page: PublicPage, problem: SubmissionProblem) -> None:
    """Put what is wrong with the answers beside them; names of the box are checked by the rules alone."""
    page.answers.is_valid()
    page.answers.refuse(problem.errors)
