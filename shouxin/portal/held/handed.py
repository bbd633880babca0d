"""Every time a contact of the customer's was handed to somebody who carries messages, and who that was at that moment.

Read from the journal alone: the gateway of today need not be the one that carried a message a year ago.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shouxin.customers.messages.models import Channel, Recipient
from shouxin.journal.queries import Line, about
from shouxin.kit import mail
from shouxin.people.connections import queries as connections
from shouxin.portal.changes.models import Notice
from shouxin.rulebook.recipients.models import Recipient as Entered

# Programs of ours that used a contact to reach the person, and showed it to nobody.
REACHED = frozenset(
    {
        "message.sent",
        "message.unclear",
        "code.sent",
        "portal.code_sent",
        "portal.change_told",
        "portal.change_unclear",
        "portal.answer_told",
        "portal.answer_unclear",
        "portal.extension_told",
        "portal.extension_unclear",
    }
)
NOT_TAKEN = ("code.not_taken", "portal.code_not_taken")  # said beforehand that it leaves, and then it did not
BY_MAIL = ("code.", "portal.answer_")  # what never goes another way
AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Carried:
    """Somebody who carried messages to the person. `name` is empty where none was recorded; `own`: the organisation's
    own server or platform; `part` and `contact` as the register of recipients says."""

    channel: str
    name: str
    own: bool
    times: int
    last: datetime
    part: str = ""
    contact: str = ""


def is_listed(line: Line) -> bool:
    """Whether it only put the person on a call list, which is handed to nobody."""
    return line.data.get("channel") == Channel.CALL


def channel_of(line: Line) -> str:
    """By what it went; empty where that was not written down."""
    said = str(line.data.get("channel") or "")
    return said or (Channel.EMAIL.value if line.event.startswith(BY_MAIL) else "")


def used(lines: Sequence[Line]) -> dict[UUID, list[str]]:
    """By journal entry: which contact was used, as far as another table says it."""
    of_message = _named(lines, "message.", "recipient")
    of_notice = _named(lines, "portal.change_", "notice")
    known = dict(Recipient.objects.filter(id__in=of_message.values()).values_list("id", "field"))
    known |= dict(Notice.objects.filter(id__in=of_notice.values()).values_list("id", "field"))
    return {line: [known[row]] for line, row in (of_message | of_notice).items() if known.get(row)}


def _named(lines: Sequence[Line], beginning: str, key: str) -> dict[UUID, UUID]:
    return {
        line.id: UUID(line.data[key])
        for line in lines
        if line.event in REACHED and line.event.startswith(beginning) and line.data.get(key)
    }


def not_taken(family: Collection[UUID]) -> set[str]:
    """The codes that did not leave, by the id of their sending."""
    return {str(line.data.get("sending")) for line in _all(family, NOT_TAKEN)}


def carried(family: Collection[UUID]) -> list[Carried]:
    """Who carried messages to the person, the latest first."""
    found: dict[tuple[str, str, bool], tuple[int, datetime]] = {}
    failed = not_taken(family)
    for line in _all(family, REACHED):
        if is_listed(line) or line.data.get("sending") in failed:
            continue
        said = str(line.data.get("carrier") or mail.UNNAMED)
        key = (channel_of(line), said, said == mail.OWN or line.data.get("inside") is True)
        times, last = found.get(key, (0, line.at))
        found[key] = (times + 1, last)
    names = _names([said for _channel, said, _own in found])
    entered = {
        one.name_zh: one for one in Entered.objects.filter(name_zh__in=names.values()).order_by("entered_at")
    }
    told = []
    for (channel, said, own), (times, last) in found.items():
        name = names.get(said, "")
        row = entered.get(name)
        told.append(
            Carried(
                channel,
                row.name if row else name,
                own,
                times,
                last,
                row.get_part_display() if row else "",
                row.contact if row else "",
            )
        )
    return told


def _names(said: Collection[str]) -> Mapping[str, str]:
    """What the journal kept, in names: a gateway by the name it was confirmed under, a mail server by its own."""
    gateways: dict[UUID, str] = {}
    for one in said:
        try:
            gateways[UUID(one)] = one
        except ValueError:
            continue
    known = connections.names(gateways) if gateways else {}
    plain = {one: one for one in said if one not in gateways.values() and one not in {mail.OWN, mail.UNNAMED}}
    return plain | {code: known[pseudonym] for pseudonym, code in gateways.items() if pseudonym in known}


def _all(family: Collection[UUID], beginning: Collection[str]) -> Iterator[Line]:
    """All of it, the latest first."""
    place: UUID | None = None
    while True:
        lines = about(family, beginning=tuple(beginning), limit=AT_ONCE, before=place)
        yield from lines
        if len(lines) < AT_ONCE:
            return
        place = lines[-1].id
