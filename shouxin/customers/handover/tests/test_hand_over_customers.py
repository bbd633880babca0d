"""Somebody leaves or moves: their customers always have somebody responsible, and get a successor in two steps."""

from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import NotAllowed, Relation
from shouxin.customers.handover import queries, services
from shouxin.customers.handover.models import Handover, HandoverState
from shouxin.customers.handover.services import HandoverProblem
from shouxin.customers.registry.facts import relation_of
from shouxin.customers.registry.models import Customer
from shouxin.journal.models import Entry
from shouxin.journal.queries import timeline
from shouxin.kit import clock
from shouxin.people import services as people
from shouxin.people.leaving import services as departures
from shouxin.people.models import Department, Staff
from shouxin.people.problems import PeopleError
from tests.register import SALES, Register, acknowledge

pytestmark = pytest.mark.django_db


@pytest.fixture
def colleague(register: Register) -> Staff:
    """Somebody else in sales, who can take customers over."""
    found = Staff.objects.create(
        user_name="colleague",
        display_name="方圆",
        department=register.world.departments["sales"],
        roles=["clerk"],
        password="x",
        must_change_password=False,
    )
    acknowledge(found)
    register.world.people["colleague"] = found
    return found


def end(register: Register) -> None:
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people["clerk"].id)


def move(register: Register) -> None:
    people.move_staff(
        actor=register.world.actor("system_admin"),
        staff_id=register.world.people["clerk"].id,
        department=register.world.departments["marketing"].id,
    )


def responsible(register: Register, name: str) -> UUID | None:
    return Customer.objects.get(id=register[name]).responsible_id


def propose(register: Register, to: str = "colleague", by: str = "sales_head", **more: object) -> int:
    return services.propose(
        actor=register.world.actor(by),
        leaver=register.world.people["clerk"].id,
        successor=register.world.people[to].id,
        now=clock.now(),
        **{"customers": None, **more},  # type: ignore[arg-type]
    )


def accept(register: Register, who: str = "colleague") -> int:
    return services.accept(actor=register.world.actor(who), handovers=None, now=clock.now())


def events_of(customer: UUID) -> list[str]:
    return [line.event for line in timeline(customer) if line.event.startswith("handover.")]


@pytest.mark.parametrize("goes", [end, move])
def test_until_the_hand_over_the_head_answers_and_the_goer_owns_nothing(
    register: Register, goes: object
) -> None:
    clerk, head = register.world.people["clerk"], register.world.people["sales_head"]
    goes(register)  # type: ignore[operator]
    for name in ("li", "huaxin"):
        assert responsible(register, name) == head.id
        assert events_of(register[name]) == ["handover.fell_to_head"]
    row = Customer.objects.get(id=register["li"])
    relation = relation_of(
        register.world.actor("clerk"),
        department=row.owner_department_id,
        responsible=str(row.responsible_id),
        scope=row.scope,
    )
    assert relation is Relation.NONE
    assert Handover.objects.filter(leaver=clerk, state=HandoverState.WAITING).count() == 2


def waiting(register: Register) -> int:
    """How many customers wait for a proposal, as the head's card tells."""
    tally = queries.unassigned(register.world.actor("sales_head"))
    assert tally.number == len(tally.first())
    return sum(one.waiting for one in tally.first())


def test_two_steps_and_each_customer_tells_of_them(register: Register, colleague: Staff) -> None:
    end(register)
    assert propose(register) == 2
    assert responsible(register, "li") == register.world.people["sales_head"].id  # not before it is accepted
    assert accept(register) == 2
    assert responsible(register, "li") == responsible(register, "huaxin") == colleague.id
    assert events_of(register["li"]) == ["handover.accepted", "handover.proposed", "handover.fell_to_head"]
    last = timeline(register["li"])[0]
    assert (last.data["staff"], last.data["successor"]) == (
        str(register.world.people["clerk"].pseudonym),
        str(colleague.pseudonym),
    )
    assert waiting(register) == 0


def test_customers_of_an_announced_departure_go_one_by_one_while_the_leaver_still_works(
    register: Register, colleague: Staff
) -> None:
    departures.announce(
        actor=register.world.actor("sales_head"),
        staff_id=register.world.people["clerk"].id,
        last_day=timezone.localdate(),
        now=clock.now(),
    )
    leaver = queries.leaver(register.world.actor("sales_head"), register.world.people["clerk"].id)
    assert leaver is not None
    assert (leaver.departing, leaver.waiting) == (True, 2)
    assert propose(register, customers=[register["li"]]) == 1
    assert responsible(register, "li") == register.world.people["clerk"].id
    accept(register)
    assert responsible(register, "li") == colleague.id
    end(register)  # what is left falls to the head; what was handed over stays with the successor
    assert responsible(register, "li") == colleague.id
    assert responsible(register, "huaxin") == register.world.people["sales_head"].id


def test_what_is_sent_back_waits_for_another_proposal(register: Register, colleague: Staff) -> None:
    end(register)
    propose(register)
    with pytest.raises(HandoverProblem, match="note"):
        services.decline(actor=register.world.actor("colleague"), handovers=None, note=" ")
    services.decline(actor=register.world.actor("colleague"), handovers=None, note="客户太多")
    assert waiting(register) == 2
    assert responsible(register, "li") == register.world.people["sales_head"].id
    propose(register)
    assert (
        services.take_back(actor=register.world.actor("sales_head"), leaver=register.world.people["clerk"].id)
        == 2
    )
    with pytest.raises(HandoverProblem, match="unknown"):
        accept(register)


def test_a_successor_who_leaves_in_between_gives_the_offer_back(register: Register, colleague: Staff) -> None:
    end(register)
    propose(register)
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=colleague.id)
    assert waiting(register) == 2


def test_nobody_proposes_to_themselves_or_to_somebody_elsewhere(register: Register, colleague: Staff) -> None:
    """Attack: the head takes all customers alone; another department gets them; the leaver's second log-in does."""
    end(register)
    Staff.objects.filter(id=colleague.id).update(person=register.world.staff("clerk").person)
    for to in ("sales_head", "agent", "marketer", "colleague", "officer"):
        with pytest.raises(HandoverProblem, match="successor"):
            propose(register, to=to)


@pytest.mark.parametrize("by", ["service_head", "marketing_head"])
def test_another_departments_head_has_nothing_to_propose(
    register: Register, colleague: Staff, by: str
) -> None:
    end(register)
    with pytest.raises(HandoverProblem, match="customers"):
        propose(register, by=by)
    assert not queries.leaving_staff(register.world.actor(by)).exists()


def test_a_clerk_does_not_propose_and_accepts_only_what_is_offered(
    register: Register, colleague: Staff
) -> None:
    end(register)
    with pytest.raises(NotAllowed):
        propose(register, by="colleague", to="colleague")
    with pytest.raises(HandoverProblem, match="unknown"):
        accept(register)
    propose(register)
    with pytest.raises(HandoverProblem, match="unknown"):
        accept(register, "agent")


def test_nobody_moves_while_no_head_could_take_over(register: Register) -> None:
    Department.objects.update(head=None)
    with pytest.raises(PeopleError, match="no_head"):
        move(register)
    assert responsible(register, "li") == register.world.people["clerk"].id
    end(register)  # leaving is never held up: the log-in opens nothing, the list keeps the customers
    assert Handover.objects.filter(state=HandoverState.WAITING).count() == 2


def test_ending_says_how_many_are_left_and_who_answers_then(register: Register, client: Client) -> None:
    register.world.signed_in(client, "system_admin")
    page = client.get(f"/people/staff/{register.world.people['clerk'].id}/end/").content.decode()
    assert "还有 2 位客户没有交接，改由 陈刚 代管" in page
    end(register)
    assert Entry.objects.filter(event="staff.ended").count() == 1


def test_the_screens_propose_and_accept(register: Register, colleague: Staff, client: Client) -> None:
    end(register)
    clerk = register.world.people["clerk"].id
    register.world.signed_in(client, "sales_head")
    session = client.session
    session["purpose"] = SALES
    session.save()
    assert "有客户待交接的人员" in client.get("/").content.decode()
    assert "王芳" in client.get("/customers/handover/").content.decode()
    page = client.get(f"/customers/handover/{clerk}/").content.decode()
    assert "李小明" not in page
    assert str(register["li"]) in page
    client.post(f"/customers/handover/{clerk}/", {"all": "1", "successor": str(colleague.id)})
    client.force_login(colleague)
    assert "待我接收的客户" in client.get("/").content.decode()
    offered = client.get("/customers/handover/incoming/")
    chosen = [str(row.id) for row, _ in offered.context["rows"]]
    client.post("/customers/handover/incoming/", {"chosen": chosen[:1], "verb": "accept"})
    client.post("/customers/handover/incoming/", {"chosen": chosen[1:], "verb": "decline", "note": "不熟悉"})
    states = sorted(Handover.objects.values_list("state", flat=True))
    assert states == ["accepted", "waiting"]
