"""What people and programs do in the story with access: grants, emergencies, programs, reviews, reading, time."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from shouxin.access.clients import door
from shouxin.access.clients import services as clients
from shouxin.access.clients.rules import Wanted
from shouxin.access.emergency import services as emergency
from shouxin.access.emergency.models import EmergencyAccess, EmergencySuspension, Finding
from shouxin.access.grants import services as grants
from shouxin.access.reviews import services as reviews
from shouxin.access.secrets import services as secrets
from shouxin.core.policy import Action, Role
from shouxin.gate import services as gate
from shouxin.kit.problems import Problem
from shouxin.people.leaving import services as leaving
from tests.register import SALES
from tests.rights.book import CANNOT_BE_MISSED, Book
from tests.rights.deeds import near
from tests.rights.story import ADDRESS, Deed, Story

REASON = "客户来电称送货地址有误，司机已在路上"
NOT_TURNED_AWAY = "a program came in that must be turned away"


# Standing grants and the register of names.


def _propose(story: Story, doer: UUID) -> None:
    grants.propose(
        actor=story.actor(doer),
        purpose=SALES,
        fields=["mobile"],
        daily_limit=5,
        until=story.now + timedelta(days=60),
        reason="日常联系客户",
        now=story.now,
    )


def _approve(story: Story, doer: UUID, grant: UUID) -> None:
    grants.approve(actor=story.actor(doer), grant=grant, now=story.now)


def may_approve(_s: Story, b: Book, doer: UUID, grant: UUID) -> bool:
    """Another person: the officer, the head in line or a deputy."""
    found = next((one for one in b.grants if one.id == grant and one.state == "pending"), None)
    if found is None or b.person(doer) == b.person(found.staff_id):
        return False
    about = {b.person(found.staff_id)}
    return b.is_one(doer, "officer") or b.answers(doer, b.staff[found.staff_id].department_id, about)


def of_owner(_s: Story, b: Book, _doer: UUID, grant: UUID) -> bool:
    return b.owns_some(next(one.staff_id for one in b.grants if one.id == grant))


def nearly_approves(_s: Story, b: Book, doer: UUID, grant: UUID) -> int:
    found = next(one for one in b.grants if one.id == grant)
    return near(b, doer, b.staff[found.staff_id].department_id, found.staff_id) * (found.state == "pending")


def _end_grant(story: Story, doer: UUID, grant: UUID) -> None:
    grants.end(actor=story.actor(doer), grant=grant, now=story.now)


def may_end_grant(_s: Story, b: Book, doer: UUID, grant: UUID) -> bool:
    found = next(one for one in b.grants if one.id == grant)
    if found.state != "active" or not b.is_one(doer, "clerk", "head", "officer", "security_admin"):
        return False
    mine = found.staff_id == doer or b.is_one(doer, "officer", "security_admin")
    return mine or b.answers(doer, b.staff[found.staff_id].department_id)


def _ask_name(story: Story, doer: UUID, place: UUID) -> None:
    secrets.ask(
        actor=story.actor(doer),
        role=Role.CLERK,
        department=place,
        daily_rows=5,
        until=story.now + timedelta(days=30),
        reason="备货",
        now=story.now,
    )


def _approve_name(story: Story, doer: UUID, entry: UUID) -> None:
    secrets.decide(actor=story.actor(doer), entry=entry, approve=True, now=story.now)


def may_approve_name(_s: Story, b: Book, doer: UUID, entry: UUID) -> bool:
    found = next(one for one in b.names if one.id == entry)
    return found.state == "pending" and b.is_one(doer, "officer") and not _same(b, doer, found.asked_by_id)


def _same(b: Book, one: UUID, other: UUID) -> bool:
    return b.person(one) == b.person(other)


GRANTS = (
    Deed(
        "propose a grant",
        lambda _s, _b: [()],
        lambda _s, b, doer: b.is_one(doer, "clerk", "head"),
        _propose,
        prefer=lambda _s, b, doer: b.owns_some(doer),
    ),
    Deed(
        "approve a grant",
        lambda _s, b: ((one.id,) for one in b.grants),
        may_approve,
        _approve,
        prefer=of_owner,
        tempts=nearly_approves,
    ),
    Deed("end a grant", lambda _s, b: ((one.id,) for one in b.grants), may_end_grant, _end_grant),
    Deed(
        "ask for a name",
        lambda s, _b: ((s.place(to),) for to in ("sales", "service")),
        lambda _s, b, doer, place: b.is_one(doer, "security_admin") or b.answers(doer, place),
        _ask_name,
    ),
    Deed("approve a name", lambda _s, b: ((one.id,) for one in b.names), may_approve_name, _approve_name),
)


# Programs.


def _propose_program(story: Story, doer: UUID, owner: UUID, place: UUID) -> None:
    wanted = Wanted(
        name="订单同步",
        purposes=(SALES,),
        readable=("person_name", "mobile"),
        clear=("mobile",),
        writable=(),
        addresses=(f"{ADDRESS}/32",),
        per_minute=60,
        daily_rows=100,
        starts_at=story.now,
        ends_at=story.now + timedelta(days=40),
        reason="订单系统每天取数",
    )
    clients.propose(
        actor=story.actor(doer), owner=owner, department=place, wanted=wanted, now=story.now
    )  # fmt: skip


def may_propose_program(_s: Story, b: Book, doer: UUID, owner: UUID, place: UUID) -> bool:
    one = b.staff[owner]
    if not one.is_active or one.department_id is None:
        return False
    if b.is_one(doer, "security_admin"):
        return True
    mine = b.under(b.staff[doer].department_id)
    return b.is_one(doer, "head") and place in mine and one.department_id in mine


def _approve_program(story: Story, doer: UUID, client: UUID) -> None:
    _, token = clients.approve(actor=story.actor(doer), client=client, now=story.now)
    story.tokens.append((client, token))


def may_approve_program(_s: Story, b: Book, doer: UUID, client: UUID) -> bool:
    found = next(one for one in b.clients if one.id == client)
    if found.state != "proposed" or not b.is_one(doer, "officer") or found.ends_at <= b.at:
        return False
    return not (_same(b, doer, found.proposed_by_id) or _same(b, doer, found.owner_id))


def _end_program(story: Story, doer: UUID, client: UUID) -> None:
    clients.end(actor=story.actor(doer), client=client, now=story.now)


def may_end_program(_s: Story, b: Book, doer: UUID, client: UUID) -> bool:
    found = next(one for one in b.clients if one.id == client)
    if found.state != "approved" or not b.is_one(doer, "head", "officer", "security_admin"):
        return False
    mine = doer == found.owner_id or b.is_one(doer, "officer", "security_admin")
    return mine or found.department_id in b.under(b.staff[doer].department_id)


def _use_token(story: Story, _doer: UUID, client: UUID, token: str) -> None:
    if story.now_stands().comes_in(client):
        door.come_in(token=token, address=ADDRESS, now=story.now)
        return
    try:
        door.come_in(token=token, address=ADDRESS, now=story.now)
    except Problem:
        return
    story.problems.append(NOT_TURNED_AWAY)


PROGRAMS = (
    Deed(
        "propose a program",
        lambda s, _b: ((one, s.place(to)) for one in s.people for to in ("sales", "service")),
        may_propose_program,
        _propose_program,
    ),
    Deed(
        "approve a program",
        lambda _s, b: ((one.id,) for one in b.clients),
        may_approve_program,
        _approve_program,
    ),
    Deed(
        "end a program",
        lambda _s, b: ((one.id,) for one in b.clients),
        may_end_program,
        _end_program,
        weight=1.5,
    ),
    Deed(
        "use a token",
        lambda s, b: [token for token in s.tokens if b.comes_in(token[0])],
        lambda _s, b, _doer, client, _token: b.comes_in(client),
        _use_token,
        weight=0.5,
    ),
    Deed(
        "send a dead token",
        lambda s, b: [token for token in s.tokens if not b.comes_in(token[0])],
        lambda _s, b, _doer, client, _token: not b.comes_in(client),
        _use_token,
    ),
    Deed(
        "send the token of somebody suspended",
        lambda s, b: [token for token in s.tokens if not b.comes_in(token[0])],
        lambda _s, b, _doer, client, _token: not b.comes_in(client),
        _use_token,
        weight=0.5,
        only=lambda _s, b, _doer, client, _token: (
            client in {one.id for one in b.clients if b.rests(one.owner_id)}
        ),
    ),
)


# Emergencies and reading.


def _open_emergency(story: Story, doer: UUID, customer: UUID) -> None:
    emergency.open_access(
        actor=story.actor(doer),
        customer=customer,
        purpose=SALES,
        fields=["mobile"],
        reason=REASON,
        reason_class="delivery",
        minutes=15,
        now=story.now,
    )


def may_open_emergency(_s: Story, b: Book, doer: UUID, customer: UUID) -> bool:
    return b.sells(doer, customer) and b.may_open_emergency(doer)


def _end_emergency(story: Story, doer: UUID, access: UUID) -> None:
    emergency.end(actor=story.actor(doer), access=access, now=story.now)


def may_end_emergency(_s: Story, b: Book, doer: UUID, access: UUID) -> bool:
    found = _access(b, access)
    reads = b.is_one(doer, "clerk") or b.is_one(doer, "head", "officer")
    return b.running(found) and ((found.staff_id == doer and reads) or _answers_for(b, doer, found))


def _answers_for(b: Book, doer: UUID, found: EmergencyAccess) -> bool:
    """The officer, the head in line or a deputy; never the person."""
    if _same(b, doer, found.staff_id):
        return False
    place, about = b.staff[found.staff_id].department_id, {b.person(found.staff_id)}
    return b.is_one(doer, "officer") or b.answers(doer, place, about)


def _access(b: Book, access: UUID) -> EmergencyAccess:
    return next(one for one in b.emergencies if one.id == access)


def _review_emergency(story: Story, doer: UUID, access: UUID, finding: Finding) -> None:
    emergency.review(
        actor=story.actor(doer), access=access, finding=finding, note="已核对通话记录", now=story.now
    )


def may_review_emergency(_s: Story, b: Book, doer: UUID, access: UUID, _finding: Finding) -> bool:
    found = _access(b, access)
    return found.reviewed_at is None and not b.running(found) and _answers_for(b, doer, found)


def _lift(story: Story, doer: UUID, suspension: UUID) -> None:
    emergency.lift(actor=story.actor(doer), suspension=suspension, note="已培训", now=story.now)


def may_lift(_s: Story, b: Book, doer: UUID, suspension: UUID) -> bool:
    found: EmergencySuspension = next(one for one in b.barred if one.id == suspension)
    return b.is_one(doer, "officer") and b.person(doer) != found.person


def _see_clear(story: Story, doer: UUID, customer: UUID) -> None:
    actor = story.actor(doer)
    gate.open_contact(
        actor=actor, customer=customer, purpose=SALES, reason_class="delivery", note="", now=story.now
    )
    gate.open_sealed(
        actor=actor,
        purpose=SALES,
        customers=[customer],
        fields=["mobile"],
        action=Action.REVEAL,
        reason="delivery",
        now=story.now,
    )


def may_see_clear(_s: Story, b: Book, doer: UUID, customer: UUID) -> bool:
    return bool(b.opens(doer, customer))


def all_customers(_story: Story, book: Book) -> list[tuple[UUID]]:
    return [(one,) for one in book.customers]


EMERGENCIES = (
    Deed(
        "open an emergency",
        all_customers,
        may_open_emergency,
        _open_emergency,
        tempts=lambda _s, b, doer, one: b.sells(doer, one),
    ),
    Deed(
        "end an emergency",
        lambda _s, b: ((one.id,) for one in b.emergencies),
        may_end_emergency,
        _end_emergency,
    ),
    Deed(
        "review an emergency",
        lambda _s, b: ((one.id, finding) for one in b.emergencies for finding in Finding),
        may_review_emergency,
        _review_emergency,
    ),
    Deed("let open emergencies again", lambda _s, b: ((one.id,) for one in b.barred), may_lift, _lift),
    Deed(
        "see a number clear by a grant",
        all_customers,
        may_see_clear,
        _see_clear,
        weight=0.5,
        only=lambda _s, b, doer, one: b.opens(doer, one) == "grant",
        tempts=lambda _s, b, doer, one: b.sells(doer, one),
    ),
    Deed(
        "see a number clear in an emergency",
        all_customers,
        may_see_clear,
        _see_clear,
        weight=0.5,
        only=lambda _s, b, doer, one: b.opens(doer, one) == "emergency",
    ),
)


# Reviews and time.


def _open_review(story: Story, doer: UUID) -> None:
    reviews.open_now(actor=story.actor(doer), now=story.now)


def _undecided(_story: Story, book: Book) -> list[tuple[UUID]]:
    return [(one.id,) for one in book.lines if one.state in {"open", "escalated"}]


def may_review(_s: Story, b: Book, doer: UUID, line: UUID) -> bool:
    found = next(one for one in b.lines if one.id == line)
    timely = found.state == "escalated" or (found.state == "open" and found.review.due_at > b.at)
    return timely and b.decides_line(doer, found)


def may_end_line(s: Story, b: Book, doer: UUID, line: UUID) -> bool:
    """Not the last without whom nobody could grant rights any more."""
    found = next(one for one in b.lines if one.id == line)
    keystone = found.kind == "role" and b.last(found.holder_id, [found.what["role"]], CANNOT_BE_MISSED)
    return may_review(s, b, doer, line) and not keystone


def nearly_reviews(_s: Story, b: Book, doer: UUID, line: UUID) -> int:
    found = next(one for one in b.lines if one.id == line)
    return near(b, doer, found.review.department_id, found.holder_id)


def _confirm_line(story: Story, doer: UUID, line: UUID) -> None:
    reviews.confirm(actor=story.actor(doer), line_id=line, now=story.now)


def _end_line(story: Story, doer: UUID, line: UUID) -> None:
    reviews.end(actor=story.actor(doer), line_id=line, now=story.now)


def _pass_days(story: Story, _doer: UUID, days: int) -> None:
    _until(story, story.now + timedelta(days=days))


def _until(story: Story, then: datetime) -> None:
    """What nobody sits up for happens: rights lapse, last days end."""
    story.now = then
    for state, count in reviews.lapse_overdue(now=then).items():
        story.done[f"a right is {state}"] += count
    story.done["a last day is over"] += leaving.end_due(now=then)


def _run_out(story: Story, _doer: UUID, delegation: UUID) -> None:
    _until(story, next(one.until for one in story.now_stands().delegations if one.id == delegation))


def anybody(*_all: Any) -> bool:
    return True


REVIEWS = (
    Deed(
        "open a review",
        lambda _s, _b: [()],
        lambda _s, b, doer: b.is_one(doer, "officer", "security_admin"),
        _open_review,
    ),
    Deed("confirm a right", _undecided, may_review, _confirm_line, tempts=nearly_reviews),
    Deed("end a right", _undecided, may_end_line, _end_line),
    Deed(
        "pass days",
        lambda _s, _b: ((days,) for days in (1, 5, 15)),
        anybody,
        _pass_days,
    ),
    Deed(
        "let a delegation run out",
        lambda _s, b: ((one.id,) for one in b.delegations if one.starts_at <= b.at < one.until),
        anybody,
        _run_out,
    ),
)
