"""A form that is kept while it is filled, for the view of its page.

keeper = keeper_of(request, "grant")          the draft this page goes on with, or a new one
form = ProposalForm(request.POST or None, …)
keeper.fill(form)                             what was typed before, while nothing is sent
…
keeper.sent(request)                          stored: the draft goes
render(…, {"keeper": keeper})                 with {% include "drafts/keeper.html" %} in the form
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from shouxin.drafts import queries, services
from shouxin.drafts.kinds import DraftKind, kinds
from shouxin.kit import clock, ids
from shouxin.people.doors import StaffRequest


@dataclass(slots=True)
class Keeper:
    """The draft of one page: its id and revision, what was typed, what is still missing, and an older one there is."""

    kind: DraftKind
    id: UUID
    address: str
    revision: int = 0
    saved_at: datetime | None = None
    data: QueryDict | None = None
    lost: bool = False  # the draft asked for is gone
    other: queries.Listed | None = None
    missing: list[str] = field(default_factory=list)

    def value(self, name: str) -> str:
        """What was typed under this name; for pages that choose by it before a form stands."""
        return (self.data.get(name) or "") if self.data else ""

    def fill(self, *filled: forms.BaseForm) -> None:
        """Put what was typed before into forms that are not bound, and note what is still missing."""
        if self.data is None:
            return
        for form in filled:
            if form.is_bound:
                continue
            for name, one in form.fields.items():
                value = one.widget.value_from_datadict(self.data, MultiValueDict(), form.add_prefix(name))
                form.initial[name] = value
                if one.required and not value and not isinstance(one, forms.FileField):
                    self.missing.append(str(one.label or name))

    def sent(self, request: StaffRequest) -> None:
        """What was typed is stored where it belongs: the draft goes."""
        services.discard(actor=request.actor, draft=self.id)


def keeper_of(request: StaffRequest, kind: str) -> Keeper:
    """The draft that this page goes on with (?draft=…, or the one it sends along), or a new one."""
    known, now = kinds[kind], clock.now()
    asked = _uuid(request.POST.get("draft", "") or request.GET.get("draft", ""))
    address = _address(request)
    if request.method == "POST" and asked:
        revision = request.POST.get("draft_revision", "")
        return Keeper(known, asked, address, int(revision) if revision.isdecimal() else 0)
    found = services.opened(actor=request.actor, kind=kind, draft=asked, now=now) if asked else None
    if found is None:
        other = None if asked else _other(request, known, now)
        return Keeper(known, ids.new(), address, lost=asked is not None, other=other)
    row, typed = found
    return Keeper(known, row.id, address, row.revision, row.saved_at, data_of(typed.pairs))


def data_of(pairs: Sequence[tuple[str, str]]) -> QueryDict:
    """What was typed, as a form would have sent it."""
    data = QueryDict(mutable=True)
    for name, value in pairs:
        data.appendlist(name, value)
    return data


def _other(request: StaffRequest, kind: DraftKind, now: datetime) -> queries.Listed | None:
    """An earlier draft of the same page, which this blank one does not replace."""
    found = queries.of(request.actor, now).filter(kind=kind.key, address=request.path).first()
    return queries.listed(found) if found else None


def _address(request: StaffRequest) -> str:
    """The page without the draft it goes on with; a form that came back with errors says where it stood."""
    if request.method == "POST" and request.POST.get("draft_address"):
        parts = urlsplit(request.POST["draft_address"])
        return parts.path + (f"?{parts.query}" if parts.query else "")
    query = request.GET.copy()
    query.pop("draft", None)
    return request.path + (f"?{query.urlencode()}" if query else "")


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
