"""What people do in the story: with people, their roles, their duties; each with whom the rules let do it."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from shouxin.core.policy import Role, Sight
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.delegations import services as delegations
from shouxin.people.delegations.models import Delegation
from shouxin.people.duties import services as duties
from shouxin.people.leaving import closing
from shouxin.people.leaving import services as leaving
from shouxin.people.models import RoleAssignment
from shouxin.people.sights import services as sights
from shouxin.people.sights.models import SightSetting
from shouxin.people.suspensions import services as suspensions
from shouxin.people.suspensions.models import Suspension
from shouxin.rulebook.policies import queries as policies
from shouxin.rulebook.policies.services import acknowledge
from tests.rights.book import READERS, Book
from tests.rights.story import Args, Deed, Story

PLACES = ("sales", "service", "it")
MOST_NEW = 3
LONGEST_STAND_IN = timedelta(days=31)


def everybody(story: Story, _book: Book) -> Iterator[Args]:
    return ((one,) for one in story.people)


# Joining, moving, leaving.


def _join(story: Story, doer: UUID, number: int) -> None:
    new = people.create_staff(
        actor=story.actor(doer),
        user_name=f"joiner{number}",
        display_name=f"新人{number}",
        department=story.place(PLACES[number % 2]),
        password=None,
    )
    story.people.append(new.id)


def _acknowledge(story: Story, doer: UUID, _who: UUID) -> None:
    for version in policies.in_force(story.now):
        acknowledge(actor=story.actor(doer), version_id=version.id, seen=version.sha256, now=story.now)


def _move(story: Story, doer: UUID, who: UUID, place: UUID) -> None:
    held = list(RoleAssignment.objects.filter(staff_id=who, ended_at=None).values_list("id", flat=True))
    people.move_staff(actor=story.actor(doer), staff_id=who, department=place)
    story.moved[who] = story.now
    story.over.update(held)


def _leave(story: Story, doer: UUID, who: UUID) -> None:
    people.end_staff(actor=story.actor(doer), staff_id=who)


def _announce(story: Story, doer: UUID, who: UUID) -> None:
    last_day = clock.today(story.now) + timedelta(days=3)
    leaving.announce(actor=story.actor(doer), staff_id=who, last_day=last_day, now=story.now)


def _rejoin(story: Story, doer: UUID, who: UUID, place: UUID) -> None:
    closing.rejoin(actor=story.actor(doer), staff_id=who, department=place, password=None, now=story.now)
    story.back[who] = story.now


def may_leave(_s: Story, book: Book, doer: UUID, who: UUID) -> bool:
    """A system administrator ends others, not the last of a kind, nobody who answers for duties."""
    duty = any(one.holder_id == who for one in book.duties)
    left = not book.staff[who].is_active
    return book.is_one(doer, "system_admin") and doer != who and not (left or duty or _last(book, who))


def hanging(_s: Story, book: Book, _doer: UUID, who: UUID, *_more: object) -> bool:
    return book.holds_much(who)


def in_use(_s: Story, book: Book, _doer: UUID, who: UUID) -> bool:
    """Whether somebody answers for a program that works."""
    return any(one.owner_id == who and book.comes_in(one.id) for one in book.clients)


def owner(_s: Story, book: Book, _doer: UUID, who: UUID, *_more: object) -> bool:
    return any(one.owner_id == who for one in book.clients)


def _last(book: Book, who: UUID) -> bool:
    return book.last(who, book.staff[who].roles)


PEOPLE = (
    Deed(
        "join",
        lambda s, _b: [(len(s.people),)] if len(s.people) < 10 + MOST_NEW else [],
        lambda _s, b, doer, _number: b.is_one(doer, "system_admin"),
        _join,
    ),
    Deed(
        "acknowledge",
        lambda s, b: ((one,) for one in s.people if not b.ready(one)),
        lambda _s, b, doer, _who: b.staff[doer].is_active,
        _acknowledge,
    ),
    Deed(
        "move",
        lambda s, b: (
            (one, s.place(to))
            for one in s.people
            for to in PLACES
            if s.place(to) != b.staff[one].department_id
        ),
        lambda _s, b, doer, who, _to: b.is_one(doer, "system_admin") and not _last(b, who),
        _move,
        weight=1.5,
        prefer=owner,
    ),
    Deed("leave", everybody, may_leave, _leave, weight=1.5, prefer=owner),
    Deed(
        "come back",
        lambda s, _b: ((one, s.place(to)) for one in s.people for to in PLACES),
        lambda _s, b, doer, who, _to: b.is_one(doer, "system_admin") and not b.staff[who].is_active,
        _rejoin,
    ),
    Deed(
        "announce departure",
        everybody,
        lambda _s, b, doer, who: (
            b.staff[who].is_active
            and not b.same(doer, who)
            and (b.is_one(doer, "system_admin") or b.heads(doer, b.staff[who].department_id))
            and who not in {one.staff_id for one in b.departures}
        ),
        _announce,
        prefer=hanging,
    ),
)


# Roles.


def _grant_role(story: Story, doer: UUID, who: UUID, role: Role) -> None:
    people.grant_role(actor=story.actor(doer), staff_id=who, role=role)


def may_grant_role(_s: Story, b: Book, doer: UUID, who: UUID, role: Role) -> bool:
    if not b.is_one(doer, "security_admin") or doer == who or b.same(doer, who):
        return False
    held = {one.role for one in b.held(who)}
    return b.staff[who].is_active and role not in held and b.apart({*held, role})


def waiting_roles(_story: Story, book: Book) -> Iterator[Args]:
    return ((one.id,) for one in book.roles if one.confirmed_at is None)


def may_confirm_role(_s: Story, b: Book, doer: UUID, assignment: UUID) -> bool:
    """The head in line or a deputy, neither who asked nor who gets it; where there is no such head, any other."""
    found = next((one for one in b.roles if one.id == assignment and one.confirmed_at is None), None)
    if found is None or not b.is_one(doer, "head") or b.staff[found.staff_id].suspended_at:
        return False
    place = b.staff[found.staff_id].department_id
    about = {b.person(one) for one in (found.staff_id, found.granted_by_id) if one}
    if not b.apart({*b.staff[found.staff_id].roles, found.role}) or b.person(doer) in about:
        return False
    heads = [one for one in b.staff if b.heads(one, place) and b.person(one) not in about]
    return b.answers(doer, place, about) or not heads


def _confirm_role(story: Story, doer: UUID, assignment: UUID) -> None:
    people.confirm_role(actor=story.actor(doer), assignment_id=assignment)


def as_deputy(_s: Story, b: Book, doer: UUID, assignment: UUID) -> bool:
    """Whether it can only be done in another head's place."""
    found = next(one for one in b.roles if one.id == assignment)
    return bool(b.stood_in(doer)) and not b.heads(doer, b.staff[found.staff_id].department_id)


def _end_role(story: Story, doer: UUID, assignment: UUID) -> None:
    people.end_role(actor=story.actor(doer), assignment_id=assignment)


def may_end_role(_s: Story, b: Book, doer: UUID, assignment: UUID) -> bool:
    found = next((one for one in b.roles if one.id == assignment), None)
    return (
        found is not None
        and b.is_one(doer, "security_admin")
        and not (found.confirmed_at and b.last(found.staff_id, [found.role]))
    )


def of_much(_s: Story, b: Book, _doer: UUID, assignment: UUID) -> bool:
    return b.holds_much(next(one.staff_id for one in b.roles if one.id == assignment))


def nearly_confirms(_s: Story, b: Book, doer: UUID, assignment: UUID) -> int:
    """In a place in which one stood once; under another log-in of who asked or gets it."""
    found = next(one for one in b.roles if one.id == assignment)
    return near(b, doer, b.staff[found.staff_id].department_id, found.staff_id, found.granted_by_id)


def near(b: Book, doer: UUID, place: UUID | None, *about: UUID | None) -> int:
    """How near somebody comes to deciding for a place: as a deputy of yesterday, or as the person it is about."""
    if not b.is_one(doer, "head", "officer"):
        return 0
    if b.once_answered(doer, place):
        return 2
    return int(b.person(doer) in {b.person(one) for one in about if one})


def wanted(_s: Story, b: Book, _doer: UUID, who: UUID, role: Role) -> bool:
    """A role to work with customers; where heads are stood in for, in their place."""
    place = b.staff[who].department_id
    live = [one for one in b.delegations if one.giver_id in b.stood_in(one.deputy_id)]
    gained = [one for one in live if b.heads(one.giver_id, place) and not b.heads(one.deputy_id, place)]
    return role in {Role.CLERK, Role.HEAD, Role.SUPERVISOR} and bool(gained or not live)


ROLES = (
    Deed(
        "ask for a role",
        lambda s, _b: ((one, role) for one in s.people for role in Role),
        may_grant_role,
        _grant_role,
        prefer=wanted,
        tempts=lambda _s, b, doer, _who, _role: b.is_one(doer, "security_admin"),
    ),
    Deed(
        "confirm a role",
        waiting_roles,
        may_confirm_role,
        _confirm_role,
        tempts=nearly_confirms,
    ),
    Deed(
        "confirm a role as deputy", waiting_roles, may_confirm_role, _confirm_role, weight=0.4, only=as_deputy
    ),
    Deed(
        "end a role",
        lambda _s, b: ((one.id,) for one in b.roles),
        may_end_role,
        _end_role,
        weight=2,
        prefer=of_much,
    ),
)


# Suspending, standing in, answering for steps, seeing less.


def _suspend(story: Story, doer: UUID, who: UUID) -> None:
    cause = Suspension.Cause.CONCERN
    suspensions.suspend(actor=story.actor(doer), staff_id=who, cause=cause, now=story.now)


def _resume(story: Story, doer: UUID, who: UUID) -> None:
    suspensions.resume(actor=story.actor(doer), staff_id=who, now=story.now)


def oversees(b: Book, doer: UUID, who: UUID) -> bool:
    """Officer and administrators anybody else, a head the own departments'."""
    if not b.staff[who].is_active or doer == who or b.same(doer, who):
        return False
    wide = b.is_one(doer, "officer", "system_admin", "security_admin")
    return wide or b.answers(doer, b.staff[who].department_id)


def may_suspend(_s: Story, b: Book, doer: UUID, who: UUID) -> bool:
    log_ins = [one for one in b.log_ins(who) if b.staff[one].suspended_at is None]
    return bool(log_ins) and oversees(b, doer, who) and not any(_last(b, one) for one in log_ins)


def may_resume(_s: Story, b: Book, doer: UUID, who: UUID) -> bool:
    return oversees(b, doer, who) and any(b.staff[one].suspended_at for one in b.log_ins(who))


def _delegate(story: Story, doer: UUID, deputy: UUID, days: int) -> None:
    until = story.now + timedelta(days=days)
    delegations.give(
        actor=story.actor(doer), deputy=deputy, starts_at=story.now, until=until, reason="", now=story.now
    )


def may_delegate(_s: Story, b: Book, doer: UUID, deputy: UUID, days: int) -> bool:
    free = not any(one.giver_id == doer and one.until > b.at for one in b.delegations)
    both = b.is_one(doer, "head") and b.is_one(deputy, "head")
    return both and doer != deputy and not b.same(doer, deputy) and free and 0 < days <= LONGEST_STAND_IN.days


def _take_back(story: Story, doer: UUID, delegation: UUID) -> None:
    delegations.end(actor=story.actor(doer), delegation_id=delegation, now=story.now)


def may_take_back(_s: Story, b: Book, doer: UUID, delegation: UUID) -> bool:
    found: Delegation = next(one for one in b.delegations if one.id == delegation)
    return b.is_one(doer, "officer", "security_admin") or doer in {found.giver_id, found.deputy_id}


def _appoint(story: Story, doer: UUID, place: UUID, step: str, holder: UUID) -> None:
    duties.appoint(
        actor=story.actor(doer),
        department=place,
        step=step,
        holder=holder,
        deputy=None,
        until=None,
        now=story.now,
    )


def may_appoint(_s: Story, b: Book, doer: UUID, place: UUID, _step: str, holder: UUID) -> bool:
    mine = b.is_one(doer, "officer") or b.answers(doer, place)
    return mine and b.works(holder) and b.staff[holder].department_id in b.line(place)


def _hand_over(story: Story, doer: UUID, who: UUID, successor: UUID) -> None:
    duties.succeed(actor=story.actor(doer), staff_id=who, successor=successor, now=story.now)


def may_hand_over(_s: Story, b: Book, doer: UUID, who: UUID, successor: UUID) -> bool:
    places = {
        one.department_id
        for one in b.duties
        if one.holder_id == who and (b.is_one(doer, "officer") or b.answers(doer, one.department_id))
    }
    able = all(b.works(successor) and b.staff[successor].department_id in b.line(place) for place in places)
    return bool(places) and able and who != successor


def _ask_sight(story: Story, doer: UUID, who: UUID, sight: Sight | None) -> None:
    sights.ask(actor=story.actor(doer), staff_id=who, sight=sight, now=story.now)


def may_ask_sight(_s: Story, b: Book, doer: UUID, who: UUID, sight: Sight | None) -> bool:
    if not b.is_one(doer, "security_admin") or doer == who or b.same(doer, who):
        return False
    usual = Sight.ALL if "officer" in b.staff[who].roles else Sight.DEPARTMENT
    return b.is_one(who, *READERS) and sight is not usual


def _confirm_sight(story: Story, doer: UUID, setting: UUID) -> None:
    sights.confirm(actor=story.actor(doer), setting_id=setting, now=story.now)


def may_confirm_sight(_s: Story, b: Book, doer: UUID, setting: UUID) -> bool:
    """The head in line; what is wider than the roles give, and where there is no other head, the officer."""
    found: SightSetting = next(one for one in b.sights if one.id == setting)
    about = {b.person(one) for one in (found.staff_id, found.set_by_id) if one}
    place = b.staff[found.staff_id].department_id
    wider = found.sight == "all" and "officer" not in b.staff[found.staff_id].roles
    if wider or not any(b.heads(one, place) and b.person(one) not in about for one in b.staff):
        return b.is_one(doer, "officer") and b.person(doer) not in about
    return b.answers(doer, place, about)


def nearly_confirms_sight(_s: Story, b: Book, doer: UUID, setting: UUID) -> int:
    found: SightSetting = next(one for one in b.sights if one.id == setting)
    return near(b, doer, b.staff[found.staff_id].department_id, found.staff_id, found.set_by_id)


STANDING = (
    Deed("suspend", everybody, may_suspend, _suspend, weight=1.2, prefer=in_use),
    Deed("resume", everybody, may_resume, _resume, weight=1.5),
    Deed(
        "delegate",
        lambda s, _b: ((one, days) for one in s.people for days in (2, 9)),
        may_delegate,
        _delegate,
        weight=0.6,
        # To somebody who gains by it.
        only=lambda _s, b, doer, deputy, _days: not b.heads(deputy, b.staff[doer].department_id),
    ),
    Deed(
        "take a delegation back",
        lambda _s, b: ((one.id,) for one in b.delegations),
        may_take_back,
        _take_back,
        weight=1.5,
    ),
    Deed(
        "appoint",
        lambda s, _b: (
            (s.place(to), step, one) for to in PLACES for step in ("keep", "collect") for one in s.people
        ),
        may_appoint,
        _appoint,
    ),
    Deed(
        "hand duties over",
        lambda s, b: ((one.holder_id, other) for one in b.duties for other in s.people),
        may_hand_over,
        _hand_over,
    ),
    Deed(
        "ask for another view",
        lambda s, _b: ((one, sight) for one in s.people for sight in (None, Sight.OWN, Sight.ALL)),
        may_ask_sight,
        _ask_sight,
    ),
    Deed(
        "confirm a view",
        lambda _s, b: ((one.id,) for one in b.sights if one.confirmed_at is None),
        may_confirm_sight,
        _confirm_sight,
        tempts=nearly_confirms_sight,
    ),
)
