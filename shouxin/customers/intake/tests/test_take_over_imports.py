"""An importer leaves in the middle: nothing more is stored in their name, and only another person goes on."""

from collections.abc import Iterator

import pytest
from django.test import Client

from shouxin.customers.intake import jobs, queries, services, takeover
from shouxin.customers.intake.models import BatchState, ImportBatch
from shouxin.customers.intake.services import IntakeProblem
from shouxin.customers.intake.tests import cast
from shouxin.customers.registry.models import Customer
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.people import services as people
from tests.register import Register

pytestmark = pytest.mark.django_db

FILE = (
    "客户编号,姓名,手机号码\n" + "".join(f"T-{n},王小{n % 9}红,136123456{n:02d}\n" for n in range(12))
).encode()
REFUSED = "客户编号,姓名,手机号码\nB-1,王小红,13612345678\n,,13600001111\n".encode()


def started(register: Register) -> ImportBatch:
    batch = cast.upload(register, FILE, "customers.csv")
    cast.decide(register, batch.id)
    cast.check(register, batch.id)
    services.start(actor=register.world.actor("clerk"), batch=batch.id, now=clock.now())
    return ImportBatch.objects.get(id=batch.id)


def end(register: Register, who: str = "clerk") -> None:
    people.end_staff(actor=register.world.actor("system_admin"), staff_id=register.world.people[who].id)


def move(register: Register, who: str = "clerk") -> None:
    people.move_staff(
        actor=register.world.actor("system_admin"),
        staff_id=register.world.people[who].id,
        department=register.world.departments["marketing"].id,
    )


@pytest.mark.parametrize("goes", [end, move])
def test_a_running_import_pauses_and_its_importer_cannot_go_on(register: Register, goes: object) -> None:
    batch, before = started(register), register.world.actor("clerk")
    goes(register)  # type: ignore[operator]
    jobs.work_run(batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert (batch.state, batch.rows_done) == (BatchState.PAUSED, 0)
    with pytest.raises(IntakeProblem, match="unknown"):
        services.start(actor=before, batch=batch.id, now=clock.now())
    assert queries.own(before, batch.id) is None
    assert of_events(["batch.left_behind"])[0].data["batch"] == str(batch.id)


def test_the_head_takes_over_and_every_row_comes_in_once(register: Register) -> None:
    batch = started(register)
    end(register)
    head = register.world.actor("sales_head")
    takeover.take_over(actor=head, batch=batch.id, now=clock.now())
    services.start(actor=head, batch=batch.id, now=clock.now())
    jobs.work_run(batch=batch.id, now=clock.now())
    batch.refresh_from_db()
    assert (batch.state, batch.created_count) == (BatchState.DONE, 12)
    assert set(Customer.objects.filter(batch_id=batch.id).values_list("created_by", flat=True)) == {head.id}
    told = of_events(["batch.taken_over"])[0]
    assert (told.actor, told.data["staff"]) == (
        head.pseudonym,
        str(register.world.people["clerk"].pseudonym),
    )


@pytest.mark.parametrize("who", ["agent", "service_head", "officer"])
def test_nobody_else_takes_it_over(register: Register, who: str) -> None:
    batch = started(register)
    end(register)
    with pytest.raises(IntakeProblem, match="not-yours"):
        takeover.take_over(actor=register.world.actor(who), batch=batch.id, now=clock.now())


def test_an_import_whose_importer_is_there_is_not_taken_over(register: Register) -> None:
    batch = started(register)
    with pytest.raises(IntakeProblem, match="not-yours"):
        takeover.take_over(actor=register.world.actor("sales_head"), batch=batch.id, now=clock.now())


def test_the_page_offers_it_to_the_head(register: Register, client: Client) -> None:
    batch = started(register)
    end(register)
    register.world.signed_in(client, "sales_head")
    address = f"/customers/imports/{batch.id}/"
    assert "接手" in client.get(f"{address}result/").content.decode()
    assert client.post(f"{address}take-over/").status_code == 302
    assert ImportBatch.objects.get(id=batch.id).operator_id == register.world.people["sales_head"].id


@pytest.mark.parametrize("goes", [end, move])
def test_an_open_download_breaks_off(register: Register, client: Client, goes: object) -> None:
    """Attack: the download of refused rows was begun before; not a row is opened after."""
    batch = cast.imported(register, REFUSED, "customers.csv")
    assert batch.refused_count == 1
    register.world.signed_in(client, "clerk")
    address = f"/customers/imports/{batch.id}/refused/"
    answer = client.post(address, {"format": "csv", "sheet": "0"})
    pieces: Iterator[bytes] = iter(answer.streaming_content)  # type: ignore[attr-defined]
    goes(register)  # type: ignore[operator]
    with pytest.raises(Exception) as broken:  # noqa: PT011 - whatever ends it, no row comes
        b"".join(pieces)
    assert "13600001111" not in str(broken.value)
    assert type(broken.value).__name__ in {"DoesNotExist", "NotAllowed", "Gone"}


def test_the_customers_of_a_leaver_can_still_be_rejected_with_their_batch(register: Register) -> None:
    batch = cast.imported(register, FILE, "customers.csv", responsible=register.world.people["clerk"].id)
    end(register)
    head = register.world.people["sales_head"].id
    assert Customer.objects.filter(batch_id=batch.id, responsible_id=head).count() == 12
    services.reject(
        actor=register.world.actor("sales_head"), batch=batch.id, note="来源不明", now=clock.now()
    )
    assert not Customer.objects.filter(batch_id=batch.id).exists()
