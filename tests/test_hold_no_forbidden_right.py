"""Whatever happens in whatever order (joining, moving, granting, standing in, emergencies, programs, reviews, leaving),
nobody holds a right that the rules forbid.

People do what the rules let them, and now and then try anything else, through the services that the screens use. What
was tried beyond the rules must not succeed; after each deed everything in force is read from the tables and judged.
The rules are written down here once more (tests/rights), without the product's own.
"""

from collections import Counter
from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

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
from shouxin.rulebook.catalogue.errors import Refused as Unacknowledged
from tests.register import SALES, Register
from tests.rights.access_deeds import EMERGENCIES, GRANTS, PROGRAMS, REVIEWS
from tests.rights.book import Book
from tests.rights.deeds import PEOPLE, ROLES, STANDING
from tests.rights.judging import forbidden
from tests.rights.story import Act, Deed, Story

REFUSED = (
    PeopleError, NotAllowed, GrantProblem, ReviewProblem, SecretProblem, ClientProblem, EmergencyProblem,
    Refused, ContactProblem, Unacknowledged,
)  # fmt: skip
WHO = (
    "clerk", "newcomer", "agent", "sales_head", "service_head", "top_head", "officer", "system_admin",
    "security_admin", "audit_admin",
)  # fmt: skip
# Log-ins of one person: every "not by the same person" meets them.
ALIKE = (("newcomer", "sales_head"), ("service_head", "security_admin"))
DEEDS = {deed.name: deed for deed in (*PEOPLE, *ROLES, *STANDING, *GRANTS, *PROGRAMS, *EMERGENCIES, *REVIEWS)}
# What must have happened besides, so that the rules about it were put to the proof.
ALSO = ("a right is lapsed", "a last day is over")
Step = tuple[int, int, int]
# The same stories every time; a failure names the deed that led to it.
STORIES, STEPS = 14, 60


@pytest.fixture
def story(register: Register) -> Story:
    world = register.world
    for one, other in ALIKE:
        Staff.objects.filter(id=world.people[one].id).update(person=world.staff(other).person)
    return Story(register, clock.now(), [world.people[who].id for who in WHO])


def ranked(often: Counter[str], kind: int, *, weighed: bool) -> list[Deed]:
    """What has happened least in this story comes first, so that chains of deeds grow to their end."""
    order = [
        ((often[deed.name] + 1) * (deed.weight if weighed else 1), (number * 17 + kind) % len(DEEDS), deed)
        for number, deed in enumerate(DEEDS.values())
    ]
    return [deed for _often, _turn, deed in sorted(order, key=lambda one: one[:2])]


def within(story: Story, book: Book, step: Step) -> tuple[Deed, Act] | None:
    """Something that the rules let somebody do."""
    for deed in ranked(story.done, step[0], weighed=True):
        acts = deed.options(story, book, step[1])
        if acts:
            return deed, acts[step[1] % len(acts)]
    return None


def beyond(story: Story, book: Book, step: Step) -> tuple[Deed, Act] | None:
    """Something that the rules forbid, mostly to people at work.

    By turns what a deputy of yesterday could do, what comes near to being let, and anything at all.
    """
    kind, which, wild = step
    wanted = which % 3
    other: tuple[Deed, Act] | None = None
    for deed in ranked(story.tried, kind, weighed=False):
        acts = [act for act in deed.beyond(story, book) if wild % 7 == 0 or book.works(act[0])]
        how_near, near = deed.temptations(story, book, acts)
        if near and how_near >= wanted > 0:
            return deed, near[which % len(near)]
        if acts and other is None:
            other = deed, acts[which % len(acts)]
        if other and not wanted:
            break
    return other


def happen(story: Story, step: Step) -> None:
    """One step, of four one beyond the rules; and what must hold after it."""
    story.now += timedelta(seconds=1)
    may = step[2] % 4 != 0
    found = (within if may else beyond)(story, story.now_stands(), step)
    if found is None:
        return
    deed, act = found
    try:
        deed.do(story, *act)
    except REFUSED:
        story.done["refused"] += may
        story.tried[deed.name] += not may
        return
    assert may, ("done although the rules forbid it", deed.name, act, dict(story.done))
    story.done[deed.name] += 1
    assert forbidden(story) == [], (deed.name, act, dict(story.done))


def test_nobody_ever_holds_a_right_that_the_rules_forbid(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: Counter[str] = Counter()
    tried: Counter[str] = Counter()
    for seed in range(STORIES):
        one, chance = Story(story.register, story.now, list(story.people)), Random(seed)
        monkeypatch.setattr(clock, "now", lambda one=one: one.now)
        # A savepoint, not a block: what is shown to people demands a transaction of its own.
        before = transaction.savepoint()
        for _step in range(STEPS):
            happen(one, (chance.randrange(1000), chance.randrange(10000), chance.randrange(100)))
        transaction.savepoint_rollback(before)
        happened.update(one.done)
        tried.update(one.tried)
    assert [name for name in (*DEEDS, *ALSO) if not happened[name]] == [], happened
    assert len(+tried) > len(DEEDS) / 2, tried
    assert happened["refused"] < sum(happened[name] for name in DEEDS) / 8, happened


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
