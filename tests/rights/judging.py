"""Every right in force that the rules forbid, whatever led to it."""

from collections.abc import Iterator
from datetime import timedelta

from shouxin.core.policy import Role
from shouxin.core.policy.permissions import PERMISSIONS_OF
from shouxin.people import queries
from tests.rights.book import ADMINISTRATORS, CANNOT_BE_MISSED, LAST_OF_A_KIND, READERS, SELLERS, Book
from tests.rights.story import Story

HOURLY = timedelta(hours=1)  # how often what is overdue is made to lapse


def forbidden(story: Story) -> list[str]:
    book = story.book = Book(story.now)
    found = list(story.problems)
    for rule in (
        _log_ins,
        _views,
        _roles,
        _deputies,
        _grants,
        _names,
        _programs,
        _emergencies,
        _duties,
        _reviews,
    ):
        found += rule(story, book)
    return found


def _log_ins(story: Story, b: Book) -> Iterator[str]:
    for key, one in b.staff.items():
        roles, live = set(one.roles), b.held(key)
        yield from _combinations(roles)
        if not roles <= {a.role for a in live if a.confirmed_at}:
            yield "a role that nobody confirmed"
        if roles and (not one.is_active or one.suspended_at or one.department_id is None):
            yield "a role of somebody who left, is suspended, or belongs nowhere"
        if not one.is_active and live:
            yield "a role stands or waits for somebody who left"
        if any(a.id in story.over for a in live):
            yield "a role of the old department outlives the move"
        state = (tuple(one.roles), one.is_active, one.department_id)
        if story.weighed.get(key) != state:
            story.weighed[key] = state
            allowed = {p for role in roles for p in PERMISSIONS_OF[Role(role)]}
            if not queries.actor_of(one).permissions <= allowed:
                yield "more permissions than the roles give"
    for role in LAST_OF_A_KIND:
        if not any(b.is_one(key, role) for key in b.staff):
            yield f"nobody is {role} any more"


def _views(story: Story, b: Book) -> Iterator[str]:
    for key, one in b.staff.items():
        if one.sight and not any(
            v.staff_id == key and v.sight == one.sight and v.confirmed_at for v in b.sights
        ):
            yield "a view that nobody set"
    for v in b.sights:
        if v.sight == "all" and v.set_at < story.moved.get(v.staff_id, v.set_at):
            yield "a view of everybody's customers outlives the move"
        if v.sight == "all" and not b.staff[v.staff_id].is_active:
            yield "a view of everybody's customers of somebody who left"


def _combinations(roles: set[str]) -> Iterator[str]:
    if "audit_admin" in roles and roles & (ADMINISTRATORS - {"audit_admin"}):
        yield "the audit administrator administers"
    if roles & ADMINISTRATORS and roles & READERS:
        yield "an administrator reads customers"


def _roles(_story: Story, b: Book) -> Iterator[str]:
    for a in b.roles:
        three = [one for one in (a.staff_id, a.granted_by_id, a.confirmed_by_id) if one]
        if b.same(*three):
            yield "a role was asked for, confirmed and held by fewer than three people"


def _deputies(_story: Story, b: Book) -> Iterator[str]:
    for d in b.delegations:
        for one in (b.staff[d.giver_id], b.staff[d.deputy_id]):
            if "head" not in {a.role for a in b.held(one.id) if a.confirmed_at}:
                yield "a delegation of or to somebody who is no head"
        if b.same(d.giver_id, d.deputy_id):
            yield "a delegation to oneself"


def _grants(story: Story, b: Book) -> Iterator[str]:
    for g in b.grants:
        holder = b.staff[g.staff_id]
        if not holder.is_active:
            yield "a grant outlives its holder"
        if g.staff_id in story.moved and g.proposed_at < story.moved[g.staff_id]:
            yield "a grant of the old department outlives the move"
        carried = {a.role for a in b.held(g.staff_id) if a.confirmed_at} & SELLERS
        if g.state == "active" and not carried:
            yield "a grant outlives the role it rested on"
        if g.state == "active" and g.decided_by_id and b.person(g.decided_by_id) == holder.person:
            yield "a grant approved by its own holder"


def _names(_story: Story, b: Book) -> Iterator[str]:
    for e in b.names:
        if e.state == "active" and e.decided_by_id and b.person(e.decided_by_id) == b.person(e.asked_by_id):
            yield "a name in the register of trade secrets approved by who asked"


def _programs(story: Story, b: Book) -> Iterator[str]:
    for c in b.clients:
        if not b.staff[c.owner_id].is_active:
            yield "a program outlives who answers for it"
        if c.owner_id in story.moved and c.proposed_at < story.moved[c.owner_id]:
            yield "a program of the old department outlives the move"
        decider = c.decided_by_id
        if decider and b.person(decider) in {b.person(c.owner_id), b.person(c.proposed_by_id)}:
            yield "a program approved by who asked for it or answers for it"


def _comebacks(story: Story, b: Book) -> Iterator[str]:
    for who, when in story.back.items():
        stands = [a.confirmed_at or when for a in b.held(who)]
        stands += [g.proposed_at for g in b.grants if g.staff_id == who]
        stands += [c.proposed_at for c in b.clients if c.owner_id == who]
        stands += [d.given_at for d in b.delegations if who in {d.giver_id, d.deputy_id}]
        stands += [d.since for d in b.duties if d.holder_id == who]
        if any(since < when for since in stands):
            yield "something of before they left came back with somebody"


def _emergencies(story: Story, b: Book) -> Iterator[str]:
    for e in b.emergencies:
        person = b.person(e.staff_id)
        if e.reviewed_by_id and b.person(e.reviewed_by_id) == person:
            yield "an emergency reviewed by who opened it"
        if b.running(e) and not {a.role for a in b.held(e.staff_id) if a.confirmed_at} & SELLERS:
            yield "an emergency outlives the role it rested on"
        if b.running(e) and e.opened_at < story.moved.get(e.staff_id, e.opened_at):
            yield "an emergency of the old department outlives the move"
        if b.running(e) and any(s.person == person and s.since <= e.opened_at for s in b.barred):
            yield "an emergency of somebody who may open none"


def _duties(story: Story, b: Book) -> Iterator[str]:
    for d in b.duties:
        if d.since < story.moved.get(d.holder_id, d.since):
            yield "a duty of the old department outlives the move"
        if b.staff[d.holder_id].left_at:
            yield "a duty of somebody whose log-in is closed"


def _reviews(_story: Story, b: Book) -> Iterator[str]:
    standing = {a.id for a in b.roles} | {g.id for g in b.grants} | {c.id for c in b.clients}
    for line in b.lines:
        if line.state == "open" and line.review.due_at <= b.at - HOURLY:
            yield "a right is neither confirmed nor lapsed after its deadline"
        if line.state in {"lapsed", "ended"} and line.subject in standing:
            yield f"a right of kind {line.kind} that was {line.state} still stands"
        if line.state == "escalated" and line.what.get("role") not in CANNOT_BE_MISSED:
            yield "a right was kept that could have lapsed"
        if line.decided_by_id and b.person(line.decided_by_id) == b.person(line.holder_id):
            yield "a right confirmed by its own holder"
