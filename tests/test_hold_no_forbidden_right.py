"""Whatever happens in whatever order (joining, moving, granting, standing in, emergencies, programs, reviews, leaving),
nobody holds a right that the rules forbid.

People do what the rules let them, and now and then try anything else, through the services that the screens use. What
was tried beyond the rules must not succeed; after each deed everything in force is read from the tables and judged.
The rules are written down here once more (tests/rights), without the product's own.
"""

from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from shouxin.access.clients.services import ClientProblem
from shouxin.access.emergency.services import EmergencyProblem
from shouxin.access.grants.models import StandingGrant
from shouxin.access.grants.services import GrantProblem
from shouxin.access.reviews import rules as review_rules
from shouxin.access.reviews import services as reviews
from shouxin.access.reviews.services import ReviewProblem
from shouxin.access.secrets.services import SecretProblem
from shouxin.core.policy import NotAllowed
from shouxin.gate.services import ContactProblem, Refused
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.problems import PeopleError
from tests.register import SALES, Register
from tests.rights.access_deeds import EMERGENCIES, GRANTS, PROGRAMS, REVIEWS
from tests.rights.book import Book
from tests.rights.deeds import PEOPLE, ROLES, STANDING
from tests.rights.judging import forbidden
from tests.rights.story import Args, Deed, Story

REFUSED = (
    PeopleError, NotAllowed, GrantProblem, ReviewProblem, SecretProblem, ClientProblem, EmergencyProblem,
    Refused, ContactProblem,
)  # fmt: skip
WHO = (
    "clerk", "newcomer", "agent", "sales_head", "service_head", "top_head", "officer", "system_admin",
    "security_admin", "audit_admin",
)  # fmt: skip
SECOND_LOG_IN = ("newcomer", "sales_head")  # of one person: every "not by the same person" meets it
DEEDS = {deed.name: deed for deed in (*PEOPLE, *ROLES, *STANDING, *GRANTS, *PROGRAMS, *EMERGENCIES, *REVIEWS)}
# What must have happened besides, so that the rules about it were put to the proof.
ALSO = ("a right is lapsed", "a last day is over")
TRIED = "tried beyond the rules and refused"
Step = tuple[int, int, int]


@pytest.fixture
def story(register: Register) -> Story:
    world = register.world
    person = world.staff(SECOND_LOG_IN[1]).person
    Staff.objects.filter(id=world.people[SECOND_LOG_IN[0]].id).update(person=person)
    return Story(register, clock.now(), [world.people[who].id for who in WHO])


def chosen(story: Story, book: Book, step: Step) -> tuple[Deed, UUID, Args, bool] | None:
    """What happens next, by whom, and whether the rules let it: of five steps one is an attempt at anything."""
    kind, which, wild = step
    # What has happened least in this story comes first, so that chains of deeds grow to their end.
    order = [
        deed for _rank, deed in sorted(enumerate(DEEDS.values()), key=lambda one: _rank(story, kind, *one))
    ]
    if wild % 5 == 0:
        deed = order[kind % len(order)]
        about = list(deed.about(story, book))
        if about:
            doer, args = story.people[which % len(story.people)], about[(which * 31 + wild) % len(about)]
            return deed, doer, args, deed.may(story, book, doer, *args)
    for deed in order:
        options = deed.options(story, book)
        if options:
            return deed, *options[which % len(options)], True
    return None


def _rank(story: Story, kind: int, number: int, deed: Deed) -> tuple[int, int]:
    return (story.done[deed.name] + 1) * deed.weight, (number * 17 + kind) % len(DEEDS)


def happen(story: Story, step: Step) -> None:
    """One step, and what must hold after it."""
    story.now += timedelta(seconds=1)
    found = chosen(story, story.now_stands(), step)
    if found is None:
        return
    deed, doer, args, may = found
    try:
        more = deed.do(story, doer, *args)
    except REFUSED as refusal:
        story.done[f"refused: {deed.name}: {refusal}" if may else TRIED] += 1
        return
    story.done[deed.name] += 1
    if more:
        story.done[more] += 1
    assert may, ("done although the rules forbid it", deed.name, args)
    assert forbidden(story) == [], (deed.name, args)


steps = st.tuples(st.integers(0, 999), st.integers(0, 9999), st.integers(0, 99))


def test_nobody_ever_holds_a_right_that_the_rules_forbid(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: Counter[str] = Counter()

    @settings(
        max_examples=8,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(told=st.lists(steps, min_size=55, max_size=70))
    def tell(told: list[Step]) -> None:
        one = Story(story.register, story.now, list(story.people))
        monkeypatch.setattr(clock, "now", lambda: one.now)
        # A savepoint, not a block: what is shown to people demands a transaction of its own.
        before = transaction.savepoint()
        try:
            for step in told:
                happen(one, step)
        finally:
            transaction.savepoint_rollback(before)
        happened.update(one.done)

    tell()
    assert [name for name in (*DEEDS, *ALSO, TRIED) if not happened[name]] == [], happened


def test_the_judge_sees_what_is_wrong(story: Story) -> None:
    """Each rule of the judge fires when something of the kind is forced into the tables."""
    world, now = story.register.world, story.now
    assert forbidden(story) == []
    clerk, head = world.people["clerk"], world.people["top_head"]
    Staff.objects.filter(id=clerk.id).update(roles=["clerk", "supervisor"])
    assert "a role that nobody confirmed" in forbidden(story)
    Staff.objects.filter(id=clerk.id).update(roles=["clerk"])
    StandingGrant.objects.create(
        staff=clerk,
        purpose=SALES,
        fields=["mobile"],
        reason="x",
        state="active",
        proposed_by=clerk,
        proposed_at=now,
        until=now + timedelta(days=9),
        decided_by=head,
        decided_at=now,
    )
    assert forbidden(story) == []
    story.moved[clerk.id] = now + timedelta(seconds=1)
    assert "a grant of the old department outlives the move" in forbidden(story)
    story.over.update(clerk.assignments.values_list("id", flat=True))
    assert "a role of the old department outlives the move" in forbidden(story)
    Staff.objects.filter(id=head.id).update(person=clerk.person)
    assert "a grant approved by its own holder" in forbidden(story)
    Staff.objects.filter(id=clerk.id).update(is_active=False, roles=[])
    assert "a grant outlives its holder" in forbidden(story)
    assert "a role stands or waits for somebody who left" in forbidden(story)
    reviews.open_now(actor=world.actor("officer"), now=now + timedelta(hours=1))
    story.now = now + review_rules.LASTS + timedelta(days=1)
    assert "a right is neither confirmed nor lapsed after its deadline" in forbidden(story)
