"""What there is to tell: rooms sign up their kinds of notices, each with a way to find what stands now.

Nothing is pushed. A job asks every kind what stands and tells whoever was not told yet, so that a notice exists exactly
when its cause was committed, however often the job is cut off or runs beside itself.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

from shouxin.core.policy import Actor, Permission, Role, permissions_of
from shouxin.core.text import Text
from shouxin.kit.registry import Registry
from shouxin.people.models import Staff
from shouxin.people.notices.rules import decision_day
from shouxin.people.queries import actor_of


class Group(StrEnum):
    """Under which heading a kind stands; what is of security is urgent and cannot be silenced in the console."""

    SECURITY = "security"
    APPROVAL = "approval"
    DUE = "due"
    RESULT = "result"


GROUPS = {
    Group.SECURITY: Text("安全与应急", "Security and emergencies"),
    Group.APPROVAL: Text("待我处理", "Waiting for me"),
    Group.DUE: Text("到期提醒", "What ends"),
    Group.RESULT: Text("办理结果", "Results"),
}


_NAMESPACE = UUID("6f1d2c56-0b7e-5a2f-9a53-0f6a5b0d7c11")


_ZONE = ZoneInfo("Asia/Shanghai")


def end_of(day: date) -> datetime:
    """The last minute of a day of ours, for what has a day and no time."""
    return datetime.combine(day, time(23, 59), _ZONE)


def thing_of(*parts: object) -> UUID:
    """An id for what has none of its own: a list of somebody, a code."""
    return uuid5(_NAMESPACE, "/".join(map(str, parts)))


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing somebody is told about: an id, and a page of this installation without any customer in its address.

    `due` is when it ends or has to be done, `since` when it began: reminders for moments before that are left out.
    `step` takes the place of the first step where a thing is told anew now and then (the week of a list, say).
    `name` tells things of one kind apart: what a rule, a limit or a plan is called. Never a person, never a customer;
    it stands on the page and the bell alone, and leaves by no mail.
    """

    thing: UUID
    path: str
    due: datetime | None = None
    since: datetime | None = None
    count: int = 1
    step: str = ""
    name: Text | None = None


# What waits for somebody's word has been asked for since; rooms call the column by what was done.
_ASKED = (
    *("release_asked_at", "end_proposed_at", "submitted_at", "proposed_at", "asked_at"),
    *("set_at", "granted_at", "drafted_at", "finished_at"),
)


def to_decide(thing: UUID, path: str, row: object, *, count: int = 1, name: Text | None = None) -> Matter:
    """A matter that waits for somebody's word, with the day by which it is expected.

    `row` is what waits, or since when.
    """
    stamps = (getattr(row, name, None) for name in _ASKED)
    since = row if isinstance(row, datetime) else next((one for one in stamps if one is not None), None)
    if since is None:
        return Matter(thing, path, count=count, name=name)
    return Matter(thing, path, due=end_of(decision_day(since)), since=since, count=count, name=name)


Found = Iterable[tuple[UUID, Matter]]  # whom (a log-in's id) and what


@dataclass(frozen=True, slots=True)
class Kind:
    """`title` is the whole sentence: it names no person. `find` gives what stands now.

    Of a `standing` kind whatever is no longer found is closed by itself: somebody dealt with it. Others tell of what
    has happened; `find` gives those of the last days. `first` is whether it is told at once or only as its end nears.
    """

    key: str
    group: Group
    title: Text
    find: Callable[[datetime], Found]
    standing: bool = True
    first: bool = True
    mail: bool = False  # the product's default; the console's own is always on
    # Whoever holds it may be told; None: anybody. It shortens the page of settings, and decides nothing.
    permission: Permission | None = None
    slow: bool = False  # looked for once an hour: it hangs on the day, not on the minute

    @property
    def urgent(self) -> bool:
        return self.group is Group.SECURITY


kinds: Registry[Kind] = Registry("kinds of notices")


def register(kind: Kind) -> Kind:
    """Sign up `kind` under its key."""
    return kinds.register(kind.key, kind)


def actors(roles: frozenset[str]) -> list[Actor]:
    """Everybody at work who holds one of these roles; whoever is suspended holds none."""
    found = Staff.objects.filter(is_active=True, department__isnull=False, roles__overlap=sorted(roles))
    return [actor_of(staff) for staff in found.order_by("id")]


def asked_of(
    permission: Permission, waiting: Callable[[Actor], Iterable[Matter]], *, pending: Callable[[], bool]
) -> Callable[[datetime], Found]:
    """A finder over `waiting`, asked for everybody who holds `permission`: who may decide is the room's own answer.

    `pending` says cheaply whether anything at all may wait, so that nobody is asked when nothing does.
    """
    roles = frozenset(role.value for role in Role if permission in permissions_of(frozenset({role})))

    def find(_now: datetime) -> Found:
        if not pending():
            return
        for actor in actors(roles):
            for matter in waiting(actor):
                yield actor.id, matter

    return find


def log_ins(pseudonyms: Collection[UUID]) -> dict[UUID, UUID]:
    """The log-ins behind pseudonyms, for rooms that keep only those."""
    return dict(Staff.objects.filter(pseudonym__in=set(pseudonyms)).values_list("pseudonym", "id"))


def to_each(rows: Iterable[tuple[UUID | None, Matter]]) -> Found:
    """Matters by pseudonym, as matters by log-in; what nobody stands behind is left out."""
    known = list(rows)
    found = log_ins([pseudonym for pseudonym, _matter in known if pseudonym])
    return [(found[pseudonym], matter) for pseudonym, matter in known if pseudonym in found]
