"""What the organisation chose is what holds: lists, reviews and emergency access obey it."""

from datetime import timedelta
from uuid import UUID

import pytest

from shouxin.access.emergency import rules as emergency_rules
from shouxin.access.emergency import services as emergency
from shouxin.access.emergency.services import EmergencyProblem
from shouxin.access.reviews import rules as review_rules
from shouxin.access.reviews import services as reviews
from shouxin.access.reviews.models import Review
from shouxin.customers.registry import listing
from shouxin.customers.registry.queries import Filters
from shouxin.gate import limits
from shouxin.gate.models import RowUse
from shouxin.gate.services import Refused
from shouxin.kit import clock
from shouxin.people.models import RoleAssignment
from shouxin.people.thresholds import services as thresholds
from shouxin.people.thresholds.rules import Threshold
from tests.register import SALES, Register
from tests.world import World

pytestmark = pytest.mark.django_db


def choose(world: World, threshold: Threshold, value: int) -> None:
    asked = thresholds.ask(
        actor=world.actor("security_admin"),
        key=threshold.key,
        value=value,
        reason="本单位决定",
        now=clock.now(),
    )
    thresholds.confirm(actor=world.actor("officer"), change_id=asked.id, now=clock.now())


def test_lists_end_at_the_chosen_number_of_rows(register: Register) -> None:
    world, now = register.world, clock.now()
    choose(world, limits.LISTS, 100)
    RowUse.objects.create(staff=world.people["clerk"], day=limits.day_of(now), rows=98, secret_rows=0)
    with pytest.raises(Refused) as refused:
        listing.page(actor=world.actor("clerk"), purpose=SALES, filters=Filters(), now=now)
    assert refused.value.refusal.code == "rows.daily-limit"
    assert "100" in refused.value.refusal.reason.zh


def test_reviews_have_the_chosen_period_and_deadline(world: World) -> None:
    now = clock.now()
    choose(world, review_rules.PERIOD, 1)
    choose(world, review_rules.DEADLINE, 7)
    RoleAssignment.objects.update(confirmed_at=now - timedelta(days=40))
    opened = reviews.open_period(actor=reviews.REVIEWS, now=now)
    assert opened
    local = now.astimezone(review_rules.ZONE)
    assert {review.period for review in opened} == {f"{local.year}M{local.month}"}
    assert {review.due_at for review in Review.objects.all()} == {now + timedelta(days=7)}
    assert reviews.open_period(actor=reviews.REVIEWS, now=now) == []


def opened(register: Register, customer: UUID, minutes: int) -> None:
    emergency.open_access(
        actor=register.world.actor("clerk"),
        customer=customer,
        purpose=SALES,
        fields=["mobile"],
        reason="客户在医院，须立即联系家属",
        reason_class="order",
        minutes=minutes,
        now=clock.now(),
    )


def test_emergency_access_is_as_long_and_as_often_as_chosen(register: Register) -> None:
    choose(register.world, emergency_rules.LASTING, 10)
    choose(register.world, emergency_rules.PER_DAY, 1)
    with pytest.raises(EmergencyProblem, match=r"minutes\.range"):
        opened(register, register["li"], 15)
    opened(register, register["li"], 10)
    with pytest.raises(EmergencyProblem, match=r"day\.spent"):
        opened(register, register["zhang"], 10)


@pytest.mark.parametrize(
    ("months", "code"), [(1, "2026M11"), (3, "2026Q4"), (6, "2026H2"), (12, "2026")], ids=str
)
def test_a_period_is_named_by_its_length(months: int, code: str) -> None:
    at = clock.now().replace(year=2026, month=11, day=26)
    assert review_rules.period_of(at, months) == code
    assert review_rules.period_start(at, months) <= at
