"""An operation over many customers: counted, confirmed, done once each, left and found again, with its failures."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.customers.bulk import jobs, services, verbs
from shouxin.customers.bulk.models import BulkItem, BulkOperation, State
from shouxin.customers.bulk.services import BulkProblem
from shouxin.customers.cleanup import services as cleanup
from shouxin.customers.cleanup.models import CleanupItem
from shouxin.customers.handover.models import Handover
from shouxin.customers.quality.models import Standing
from shouxin.customers.registry import selecting
from shouxin.customers.registry.models import Customer
from shouxin.journal.models import Entry
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.vault.errors import VaultError
from tests.harness.jobs import run_queued
from tests.register import SALES, Register

pytestmark = pytest.mark.django_db


def select(register: Register, who: str, *names: str) -> str:
    actor, now = register.world.actor(who), clock.now()
    token = selecting.begin(actor=actor, query={}, everything=not names, now=now)
    ids = {register[name] for name in names}
    selecting.tick(actor=actor, token=token, shown=ids, ticked=ids, now=now)
    return token


def ask(
    register: Register, verb: str, *names: str, who: str = "sales_head", typed: str = "", **parameters: str
) -> BulkOperation:
    return services.ask(
        actor=register.world.actor(who),
        verb=verb,
        parameters=parameters,
        purpose=SALES,
        token=select(register, who, *names),
        typed=typed or str(len(names)),
        now=clock.now(),
    )


def outcomes(row: BulkOperation) -> dict[UUID, tuple[str, str]]:
    return {item.customer_id: (item.outcome, item.problem) for item in BulkItem.objects.filter(operation=row)}


def entries(event: str) -> int:
    return Entry.objects.filter(event=event).count()


def test_customers_get_another_responsible_person_each_with_its_entry(register: Register) -> None:
    head = register.world.people["sales_head"].id
    row = ask(register, "assign", "li", "zhang", "huaxin", responsible=str(head), scope="")
    assert run_queued(services.QUEUE) == [services.RUN]
    row.refresh_from_db()
    assert (row.state, row.done, row.failed) == (State.DONE, 3, 0)
    ids = [register[name] for name in ("li", "zhang", "huaxin")]
    assert set(Customer.objects.filter(id__in=ids).values_list("responsible_id", flat=True)) == {head}
    assert entries("customer.assigned") == 3
    assert (entries("bulk.asked"), entries("bulk.finished")) == (1, 1)


def test_what_the_rules_refuse_is_told_customer_by_customer(register: Register, client: Client) -> None:
    agent = register.world.people["agent"].id  # of another department
    row = ask(register, "assign", "li", "zhang", responsible=str(agent), scope="")
    Customer.objects.filter(id=register["zhang"]).update(
        owner_department=register.world.departments["service"], scope="own", responsible=agent
    )
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.done, row.failed) == (State.DONE, 0, 2)
    assert outcomes(row) == {
        register["li"]: ("failed", "responsible.elsewhere"),
        register["zhang"]: ("failed", "customer.unknown"),
    }
    register.world.signed_in(client, "sales_head").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/bulk/{row.id}/").content.decode()
    assert "所选负责人不在该客户的归口部门" in page
    assert "李小明" not in page
    table = client.get(f"/customers/bulk/{row.id}/failures/").content.decode("utf-8-sig")
    assert str(register["zhang"]) in table
    assert "李" not in table


def test_a_hand_over_is_proposed_and_waits_for_the_successor(register: Register) -> None:
    world = register.world
    Staff.objects.filter(id=world.people["marketer"].id).update(department=world.departments["sales"])
    row = ask(register, "handover", "li", "zhang", successor=str(world.people["marketer"].id))
    jobs.work(operation=row.id)
    assert outcomes(row) == {
        register["li"]: ("done", ""),
        register["zhang"]: ("failed", "responsible.nobody"),
    }
    assert Customer.objects.get(id=register["li"]).responsible_id == world.people["clerk"].id
    (offered,) = Handover.objects.all()
    assert (offered.state, offered.successor_id) == ("proposed", world.people["marketer"].id)


def test_customers_come_onto_the_refresh_list(register: Register) -> None:
    far = timezone.localdate() + timedelta(days=300)
    Standing.objects.filter(kind="profile").update(due_on=far)
    Standing.objects.filter(customer_id=register["zhang"]).delete()
    row = ask(register, "refresh", "li", "zhang", who="clerk")
    jobs.work(operation=row.id)
    assert outcomes(row) == {
        register["li"]: ("done", ""),
        register["zhang"]: ("failed", "refresh.nothing-kept"),
    }
    assert Standing.objects.get(customer_id=register["li"], kind="profile").due_on == timezone.localdate()


def test_customers_nobody_reaches_are_marked_and_then_listed_for_clean_up(register: Register) -> None:
    Standing.objects.filter(kind="profile").update(due_on=timezone.localdate() + timedelta(days=300))
    until = timezone.localdate() + timedelta(days=10)
    row = ask(register, "unreachable", "li", who="clerk", until=until.isoformat())
    jobs.work(operation=row.id)
    assert outcomes(row) == {register["li"]: ("done", "")}
    standing = Standing.objects.get(customer_id=register["li"], kind="profile")
    assert (standing.later_reason, standing.later_until, standing.due_on) == ("unreachable", until, until)
    assert not Customer.objects.get(id=register["li"]).restricted
    cleanup.ask_run(actor=register.world.actor("sales_head"), now=clock.now())
    run_queued(cleanup.QUEUE)
    item = CleanupItem.objects.get(customer_id=register["li"], group="dead")
    assert (item.reasons, item.decision) == (["reach.failed"], "")


def test_all_that_match_but_some_are_those_that_match_when_it_is_asked_for(register: Register) -> None:
    """Between choosing and confirming a customer comes, one goes: the number typed is of those that match now."""
    actor, now = register.world.actor("clerk"), clock.now()
    token = selecting.begin(actor=actor, query={"kind": "person"}, everything=True, now=now)
    selecting.tick(actor=actor, token=token, shown={register["li"]}, ticked=set(), now=now)
    found = selecting.chosen(actor, token, now)
    assert found is not None
    assert selecting.members(actor, found, 10) == [register["zhang"]]
    Customer.objects.filter(id=register["huaxin"]).update(kind="person")  # now it matches too
    wanted: dict[str, Any] = {
        "actor": actor,
        "verb": "assign",
        "parameters": {"responsible": "", "scope": ""},
        "purpose": SALES,
        "token": token,
        "now": now + timedelta(hours=3),
    }
    with pytest.raises(BulkProblem) as problem:
        services.ask(**wanted, typed="1")
    assert (problem.value.code, problem.value.number) == ("typed.wrong", 2)
    row = services.ask(**wanted, typed="2")
    Customer.objects.filter(id=register["li"]).update(segment="")  # what changes later changes nothing of it
    assert set(outcomes(row)) == {register["zhang"], register["huaxin"]}


def test_the_segment_is_set_and_its_history_kept(register: Register) -> None:
    row = ask(register, "segment", "li", "zhang", who="clerk", segment="企业")
    jobs.work(operation=row.id)
    assert outcomes(row)[register["li"]] == ("done", "")
    assert Customer.objects.get(id=register["li"]).segment == "企业"


def test_the_number_has_to_be_typed_and_right(register: Register) -> None:
    with pytest.raises(BulkProblem) as problem:
        ask(register, "assign", "li", "zhang", typed="3", responsible="", scope="")
    assert (problem.value.code, problem.value.number) == ("typed.wrong", 2)
    assert not BulkOperation.objects.exists()


def test_a_selection_is_used_once(register: Register) -> None:
    token = select(register, "clerk", "li")
    wanted: dict[str, Any] = {
        "actor": register.world.actor("clerk"),
        "verb": "segment",
        "parameters": {"segment": "企业"},
        "purpose": SALES,
        "token": token,
        "typed": "",
        "now": clock.now(),
    }
    services.ask(**wanted)
    with pytest.raises(BulkProblem) as problem:
        services.ask(**wanted)
    assert problem.value.code == "selection.over"
    assert BulkOperation.objects.count() == 1


def test_cut_off_it_goes_on_with_those_that_are_left(register: Register) -> None:
    row = ask(register, "segment", "li", "zhang", "huaxin", who="clerk", segment="企业")
    assert services.step(operation=row.id, now=clock.now())
    # The worker is gone here; the next one does the rest, and nobody twice.
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.done + row.failed) == (State.DONE, 3)
    jobs.work(operation=row.id)
    assert entries("bulk.finished") == 1


def test_cancelled_the_rest_is_left_alone(register: Register) -> None:
    row = ask(register, "segment", "li", "zhang", "huaxin", who="clerk", segment="企业")
    services.step(operation=row.id, now=clock.now())
    services.cancel(actor=register.world.actor("clerk"), operation=row.id, now=clock.now())
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.done + row.failed) == (State.CANCELLED, 1)
    assert BulkItem.objects.filter(operation=row, outcome="waiting").count() == 2


def test_without_keys_it_stops_and_can_be_continued(
    register: Register, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ask(register, "segment", "li", "zhang", who="clerk", segment="企业")

    def away(job: verbs.Job) -> None:
        raise VaultError("away")

    kept = verbs.verbs["segment"]
    monkeypatch.setitem(
        verbs.verbs._entries,
        "segment",
        verbs.Verb(kept.key, kept.title, kept.help, kept.permission, kept.form, away, kept.icon),
    )
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.problem, row.done) == (State.STOPPED, "keys", 0)
    monkeypatch.undo()
    services.go_on(actor=register.world.actor("clerk"), operation=row.id)
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.problem, row.done) == (State.DONE, "", 2)


def test_rights_lost_meanwhile_end_it(register: Register) -> None:
    row = ask(register, "segment", "li", who="clerk", segment="企业")
    Staff.objects.filter(id=register.world.people["clerk"].id).update(roles=[])
    jobs.work(operation=row.id)
    assert outcomes(row)[register["li"]] == ("failed", "actor.may-not")
    assert Customer.objects.get(id=register["li"]).segment == "消费者"


def test_nobody_sees_or_stops_anothers(register: Register, client: Client) -> None:
    row = ask(register, "segment", "li", who="clerk", segment="企业")
    register.world.signed_in(client, "sales_head").post("/purpose/", {"purpose": SALES})
    for address in ("", "failures/"):
        assert client.get(f"/customers/bulk/{row.id}/{address}").status_code == 404
    assert client.post(f"/customers/bulk/{row.id}/cancel/").status_code == 404
    assert client.get("/customers/bulk/").context["rows"] == []


@pytest.mark.django_db(transaction=True)
def test_two_workers_do_each_customer_once(register: Register, superuser: Any) -> None:
    """One worker is in the middle of a customer; another takes the next, and passes over the first."""
    row = ask(register, "segment", "li", "zhang", who="clerk", segment="企业")
    first = BulkItem.objects.filter(operation=row).order_by("id").first()
    assert first
    with superuser.transaction():
        superuser.execute("SELECT 1 FROM bulk_item WHERE id = %s FOR UPDATE", [first.id])
        assert services.step(operation=row.id, now=clock.now())
        assert not services.step(operation=row.id, now=clock.now())
        services.finish(operation=row.id, now=clock.now())
    row.refresh_from_db()
    assert row.state == State.RUNNING
    assert outcomes(row)[first.customer_id] == ("waiting", "")
    jobs.work(operation=row.id)
    row.refresh_from_db()
    assert (row.state, row.done) == (State.DONE, 2)


def test_from_the_list_to_the_result(register: Register, client: Client) -> None:
    register.world.signed_in(client, "sales_head").post("/purpose/", {"purpose": SALES})
    shown = [str(register[name]) for name in ("li", "zhang")]
    address = client.post("/customers/select/", {"verb": "go", "shown": shown, "one": shown})["Location"]
    assert "交给同事负责" in client.get(address).content.decode()
    token = address.split("sel=")[1]
    form = {"sel": token, "verb": "assign", "responsible": "", "scope": "organisation"}
    refused = client.post("/customers/bulk/new/", {**form, "typed": "20"})
    assert refused.status_code == 422
    assert "现在选中的是 2 位客户" in refused.content.decode()
    begun = client.post("/customers/bulk/new/", {**form, "typed": "2"})
    assert begun.status_code == 302
    run_queued(services.QUEUE)
    page = client.get(begun["Location"]).content.decode()
    assert "已完成 2 位" in page
    assert "交给同事负责" in client.get("/customers/bulk/").content.decode()
