"""A filled form is stored whole or not at all; optional fields never block, an undeclared one refuses everything."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from shouxin.core.policy import NotAllowed
from shouxin.customers.collection import queries, services
from shouxin.customers.collection.models import Submission, Undeclared
from shouxin.customers.collection.problems import SubmissionProblem
from shouxin.customers.collection.tests.cast import filled, send
from shouxin.customers.collection_forms.models import FormKind
from shouxin.customers.collection_forms.tests.cast import published
from shouxin.customers.registry.models import Customer, Method, Provenance
from shouxin.gate.services import Refused
from shouxin.journal.queries import of_events
from shouxin.kit import clock, ids
from tests.register import Register
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")
SURVEY = (
    ("person_name", "required", True),
    ("mobile", "optional", False),
    ("gender", "optional", False),
    ("email", "optional", False),
    ("remark", "optional", False),
)


def refused(world: World, row: Any, values: dict[str, str], **said: Any) -> SubmissionProblem:
    before = Customer.objects.count()
    with pytest.raises(SubmissionProblem) as caught:
        send(world, row, values, **said)
    assert (Customer.objects.count(), Submission.objects.count()) == (before, 0)
    return caught.value


@pytest.mark.clause("B5.1.1")
def test_optional_fields_left_empty_never_block(world: World) -> None:
    row = published(world, SURVEY, kind=FormKind.SURVEY)
    done = send(world, row, {"person_name": "林黛玉", "mobile": "", "gender": "", "remark": "  "})
    assert (done.created, done.remarks) == (True, ())
    assert of_events(["customer.created"])[0].data["fields"] == ["person_name"]


@pytest.mark.clause("B5.1.2", "B6.1.3")
@pytest.mark.parametrize("kind", FormKind)
def test_every_value_keeps_its_channel_form_and_operator(world: World, kind: FormKind) -> None:
    row = published(world, kind=kind)
    send(world, row, {"person_name": "林黛玉"})
    found = Provenance.objects.get()
    assert (found.channel, found.method, found.form_version, found.purpose) == (
        kind.value,
        Method.HAND,
        row.id,
        row.purpose,
    )
    assert found.operator == world.actor("clerk").pseudonym
    assert found.notice_version == row.notice_version


def test_what_must_be_filled_is_named(world: World) -> None:
    row = published(world, SURVEY)
    problem = refused(world, row, {"mobile": "13900001111"})
    assert [(one.field, one.code) for one in problem.errors] == [("person_name", "field.required")]


def test_a_number_that_cannot_be_right_is_kept_as_unverified_and_said(world: World) -> None:
    row = published(world, SURVEY)
    done = send(world, row, {"person_name": "林黛玉", "mobile": "12345"})
    assert [one.field for one in done.remarks] == ["mobile"]


@pytest.mark.clause("C10.2")
def test_an_undeclared_field_refuses_everything_and_is_counted_by_source(world: World) -> None:
    row = published(world)
    values = {"person_name": "林黛玉", "id_number": "11010519491231002X"}
    for _ in range(3):
        problem = refused(world, row, values, address="8.8.4.4")
        assert (problem.code, problem.names) == ("form.undeclared", ("id_number",))
    refused(world, row, {"person_name": "林黛玉"}, strays=("tracking",), by="sales_head", address="10.1.2.3")
    counted = {(one.source, one.network): one.count for one in queries.refusals(world.actor("officer"))}
    assert counted == {
        (world.actor("clerk").pseudonym, "public"): 3,
        (world.actor("sales_head").pseudonym, "private"): 1,
    }
    assert Undeclared.objects.count() == 2
    assert {line.data["count"] for line in of_events(["form.undeclared"])} == {1}
    with pytest.raises(NotAllowed):
        queries.refusals(world.actor("clerk"))


def test_the_same_form_sent_twice_is_stored_once(world: World) -> None:
    row = published(world)
    sent = filled(world, row, {"person_name": "林黛玉"})
    first = services.submit(actor=world.actor("clerk"), filled=sent, now=clock.now())
    second = services.submit(actor=world.actor("clerk"), filled=sent, now=clock.now())
    assert (second.again, second.customer) == (True, first.customer)
    assert Customer.objects.count() == Submission.objects.count() == 1


def test_nothing_is_collected_under_a_notice_that_was_not_shown(world: World) -> None:
    row = published(world)
    assert refused(world, row, {"person_name": "林黛玉"}, notice_version=ids.new()).code == "notice.changed"


def test_a_draft_or_a_withdrawn_form_collects_nothing(world: World) -> None:
    from shouxin.customers.collection_forms import services as forms

    row = published(world)
    forms.withdraw(actor=world.actor("officer"), version=row.id, reason="不再需要", now=clock.now())
    assert refused(world, row, {"person_name": "林黛玉"}).code == "form.not-published"


def test_who_may_not_act_for_the_purpose_stores_nothing(world: World) -> None:
    row = published(world)
    with pytest.raises(NotAllowed):
        send(world, row, {"person_name": "林黛玉"}, by="officer")
    assert refused(world, row, {"person_name": "林黛玉"}, by="marketer").code == "department.outside"


def test_a_customer_out_of_reach_is_not_completed(register: Register) -> None:
    row = published(register.world)
    with pytest.raises(Refused):
        send(register.world, row, {"person_name": "孙悦"}, customer=register["service"])


@pytest.mark.django_db(transaction=True)
def test_the_same_form_sent_twice_at_once_is_stored_once(world: World) -> None:
    row = published(world)
    sent, actor = filled(world, row, {"person_name": "林黛玉"}), world.actor("clerk")

    def one(_number: int) -> str:
        try:
            done = services.submit(actor=actor, filled=sent, now=clock.now())
        except SubmissionProblem as problem:
            return problem.code
        finally:
            connections.close_all()
        return "again" if done.again else "stored"

    with ThreadPoolExecutor(max_workers=4) as pool:
        outcomes = list(pool.map(one, range(4)))
    assert outcomes.count("stored") == 1
    assert set(outcomes) <= {"stored", "again", "form.sent-already"}
    assert Customer.objects.count() == Submission.objects.count() == 1
