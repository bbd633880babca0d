"""Every right is confirmed line by line by somebody else, or it lapses; the organisation is never locked out."""

import csv
import io
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from shouxin.access.grants.models import StandingGrant
from shouxin.access.reviews import queries, rules, services
from shouxin.access.reviews.models import LineState, Review, ReviewLine
from shouxin.core.policy import NotAllowed, Role, Sight
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.delegations import services as delegations
from shouxin.people.models import RoleAssignment, Staff
from tests.register import Register, grant
from tests.world import World


def opened(world: World, now: datetime | None = None) -> None:
    services.open_now(actor=world.actor("officer"), now=now or clock.now())


def line(world: World, who: str, role: Role) -> ReviewLine:
    return ReviewLine.objects.get(holder=world.people[who], kind="role", what__role=role.value)


def roles_of(world: World, who: str) -> frozenset[Role]:
    return world.actor(who).roles


@pytest.mark.parametrize(
    ("moment", "code", "start"),
    [
        (datetime(2026, 12, 31, 15, 59, tzinfo=UTC), "2026Q4", datetime(2026, 9, 30, 16, tzinfo=UTC)),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027Q1", datetime(2026, 12, 31, 16, tzinfo=UTC)),
    ],
)
def test_quarters_turn_at_midnight_in_shanghai(moment: datetime, code: str, start: datetime) -> None:
    assert (rules.period_of(moment), rules.period_start(moment)) == (code, start)


def test_a_quarter_opens_once_and_asks_about_what_is_older(world: World) -> None:
    now = clock.now()
    assert services.open_period(actor=services.REVIEWS, now=now) == []  # all were confirmed in this quarter
    later = rules.period_start(now + timedelta(days=100)) + timedelta(hours=1)
    assert len(services.open_period(actor=services.REVIEWS, now=later)) == 6
    assert services.open_period(actor=services.REVIEWS, now=later) == []
    assert (
        ReviewLine.objects.filter(kind="role").count() == RoleAssignment.objects.filter(ended_at=None).count()
    )


def test_a_clerk_opens_none(world: World) -> None:
    with pytest.raises(NotAllowed):
        services.open_now(actor=world.actor("clerk"), now=clock.now())


@pytest.mark.clause("C5.4", "D2.2")
def test_what_is_confirmed_stays_and_what_is_not_lapses(register: Register, client: Client) -> None:
    world = register.world
    grant(register)
    now = clock.now()
    opened(world, now)
    services.confirm(actor=world.actor("sales_head"), line_id=line(world, "clerk", Role.CLERK).id, now=now)
    services.confirm(actor=world.actor("officer"), line_id=line(world, "top_head", Role.HEAD).id, now=now)
    client = world.signed_in(client, "agent")
    assert client.get("/").status_code == 200
    services.lapse_overdue(now=now + rules.LASTS - timedelta(seconds=1))
    assert roles_of(world, "agent") == {Role.CLERK}
    done = services.lapse_overdue(now=now + rules.LASTS)
    assert roles_of(world, "clerk") == {Role.CLERK}
    assert roles_of(world, "agent") == frozenset()
    assert client.get("/").status_code == 302  # the open page is closed with the right
    assert StandingGrant.objects.get().state == "ended"
    assert done[LineState.LAPSED] == Entry.objects.filter(event="review.lapsed").count() > 5
    assert services.lapse_overdue(now=now + rules.LASTS + timedelta(days=1)).total() == 0
    review = Review.objects.get(department=world.departments["sales"])
    page = world.signed_in(Client(), "officer").get(f"/access/reviews/{review.id}/").content.decode()
    assert "已确认" in page
    assert "逾期失效" in page
    table = world.signed_in(Client(), "officer").get(f"/access/reviews/{review.id}/table.csv").content
    rows = list(csv.reader(io.StringIO(table.decode("utf-8-sig"))))
    results = {(row[2], row[3]): row[6] for row in rows[1:]}
    assert results[("王芳", "角色")] == "已确认"
    assert results[("王芳", "常设用数授权")] == "逾期失效"
    assert results[("陈刚", "角色")] == "逾期失效"


def test_ending_a_line_ends_the_right_at_once(register: Register) -> None:
    world, made = register.world, grant(register)
    now = clock.now()
    opened(world, now)
    found = ReviewLine.objects.get(kind="grant")
    assert found.subject == made
    services.end(actor=world.actor("sales_head"), line_id=found.id, now=now)
    assert StandingGrant.objects.get().state == "ended"
    with pytest.raises(services.ReviewProblem, match=r"line\.decided-already"):
        services.confirm(actor=world.actor("sales_head"), line_id=found.id, now=now)


def test_nobody_confirms_their_own_right_under_any_log_in(world: World) -> None:
    now = clock.now()
    opened(world, now)
    own = line(world, "sales_head", Role.HEAD)
    with pytest.raises(services.ReviewProblem, match=r"line\.not-yours"):
        services.confirm(actor=world.actor("sales_head"), line_id=own.id, now=now)
    Staff.objects.filter(id=world.people["top_head"].id).update(person=world.staff("sales_head").person)
    with pytest.raises(services.ReviewProblem, match=r"line\.not-yours"):
        services.confirm(actor=world.actor("top_head"), line_id=own.id, now=now)
    services.confirm(actor=world.actor("officer"), line_id=own.id, now=now)


def test_a_head_does_not_confirm_the_head_above_while_there_is_an_officer(world: World) -> None:
    now = clock.now()
    opened(world, now)
    above = line(world, "top_head", Role.HEAD)
    assert above not in queries.awaiting(world.actor("sales_head"))
    with pytest.raises(services.ReviewProblem, match=r"line\.not-yours"):
        services.confirm(actor=world.actor("sales_head"), line_id=above.id, now=now)
    Staff.objects.filter(id=world.people["officer"].id).update(roles=[])
    services.confirm(actor=world.actor("sales_head"), line_id=above.id, now=now)  # else nobody could


def test_what_waits_is_asked_of_the_database_as_it_is_decided_line_by_line(world: World) -> None:
    """Heads, deputies, departments without a head, one officer, two or none, a second log-in: the same lines."""
    now = clock.now()
    opened(world, now)
    ReviewLine.objects.filter(id=line(world, "agent", Role.CLERK).id).update(state=LineState.ESCALATED)
    delegations.give(
        actor=world.actor("marketing_head"),
        deputy=world.people["service_head"].id,
        starts_at=now,
        until=now + timedelta(days=3),
        reason="休假",
        now=now,
    )

    def compare() -> None:
        every = ReviewLine.objects.select_related("review", "holder").filter(review__closed_at=None)
        for who in world.people:
            actor = world.actor(who)
            reader = queries.reviewer(actor)
            expected = {one.id for one in every if queries.deciding(one, reader) is not None}
            assert set(queries.awaiting(actor).values_list("id", flat=True)) == expected, who
            assert sum(queries.lines_awaiting(actor).values()) == len(expected), who

    people = world.people
    compare()
    Staff.objects.filter(id=people["top_head"].id).update(person=world.staff("sales_head").person)
    compare()
    Staff.objects.filter(id=people["top_head"].id).update(is_active=False)
    Staff.objects.filter(id=people["marketer"].id).update(person=world.staff("marketing_head").person)
    compare()
    Staff.objects.filter(id=people["officer"].id).update(roles=[])
    compare()


def test_head_of_another_department_and_late_heads_are_refused(world: World) -> None:
    now = clock.now()
    opened(world, now)
    theirs = line(world, "clerk", Role.CLERK)
    with pytest.raises(services.ReviewProblem, match=r"line\.not-yours"):
        services.confirm(actor=world.actor("service_head"), line_id=theirs.id, now=now)
    with pytest.raises(services.ReviewProblem, match=r"line\.not-yours"):
        services.confirm(actor=world.actor("officer"), line_id=theirs.id, now=now)
    with pytest.raises(services.ReviewProblem, match=r"line\.overdue"):
        services.confirm(actor=world.actor("sales_head"), line_id=theirs.id, now=now + rules.LASTS)


def test_the_last_administrators_are_passed_to_the_officer(world: World) -> None:
    now = clock.now()
    opened(world, now)
    late = now + rules.LASTS
    services.lapse_overdue(now=late)
    kept = {who for who in ("system_admin", "security_admin", "officer") if roles_of(world, who)}
    assert kept == {"system_admin", "security_admin", "officer"}
    assert sum(Role.HEAD in roles_of(world, who) for who in world.people) == 1  # somebody can still confirm
    assert roles_of(world, "audit_admin") == frozenset()
    admin = line(world, "security_admin", Role.SECURITY_ADMIN)
    assert admin.state == LineState.ESCALATED
    assert admin in queries.awaiting(world.actor("officer"))
    services.confirm(actor=world.actor("officer"), line_id=admin.id, now=late + timedelta(days=3))
    assert line(world, "security_admin", Role.SECURITY_ADMIN).state == LineState.CONFIRMED
    own = line(world, "officer", Role.OFFICER)
    assert own not in queries.awaiting(world.actor("officer"))


def test_a_right_that_ended_meanwhile_is_said_to_be_gone(register: Register) -> None:
    from shouxin.access.grants import services as grants

    world, made = register.world, grant(register)
    now = clock.now()
    opened(world, now)
    grants.end(actor=world.actor("clerk"), grant=made, now=now)
    found = services.confirm(
        actor=world.actor("sales_head"), line_id=ReviewLine.objects.get(kind="grant").id, now=now
    )
    assert found.state == LineState.GONE


def test_a_review_closes_with_its_last_line(world: World) -> None:
    now = clock.now()
    opened(world, now)
    review = Review.objects.get(department=world.departments["service"])
    for who, by in (("agent", "service_head"), ("service_head", "officer")):
        assert Review.objects.get(id=review.id).closed_at is None
        for found in review.lines.filter(holder=world.people[who]):
            services.confirm(actor=world.actor(by), line_id=found.id, now=now)
    assert Review.objects.get(id=review.id).closed_at == now
    assert Entry.objects.filter(event="review.closed").count() == 1


def test_a_view_nobody_confirms_is_narrowed_to_the_own_customers(world: World) -> None:
    now = clock.now()
    opened(world, now)
    services.confirm(actor=world.actor("sales_head"), line_id=line(world, "clerk", Role.CLERK).id, now=now)
    services.lapse_overdue(now=now + rules.LASTS)
    actor = world.actor("clerk")
    assert (set(actor.roles), actor.sight) == ({Role.CLERK}, Sight.OWN)
    view = ReviewLine.objects.get(holder=world.people["clerk"], kind="sight")
    assert (view.state, view.what) == (LineState.LAPSED, {"sight": "department"})
