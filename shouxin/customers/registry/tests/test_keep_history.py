"""Every earlier value can be seen again, with who wrote it and when, whether it lies sealed or stands in clear."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.registry import queries, services
from shouxin.customers.registry.models import ClearVersion, Customer, Provenance, Record
from shouxin.customers.registry.rules import UNVERIFIED, Kept
from shouxin.kit import clock
from shouxin.rulebook.purposes import queries as purposes
from tests.register import FOOTING, SALES, Register
from tests.world import World

FIRST, SECOND = "华信家具有限公司", "华信家居有限公司"


def edit(
    register: Register, values: Mapping[str, Kept | None], *, name: str = "huaxin", **more: Any
) -> Customer:
    row = Customer.objects.get(id=register[name])
    services.edit(
        actor=register.world.actor("clerk"),
        footing=FOOTING,
        customer=row.id,
        revision=row.revision,
        values=values,
        now=clock.now(),
        **more,
    )
    return Customer.objects.get(id=row.id)


def past(register: Register, name: str = "huaxin", record: UUID | None = None) -> list[queries.Past]:
    purpose = purposes.purpose_rule(SALES)
    assert purpose is not None
    return queries.history(
        actor=register.world.actor("clerk"),
        purpose=purpose,
        row=Customer.objects.get(id=register[name]),
        now=clock.now(),
        record=Record.objects.get(id=record) if record else None,
    )


def test_an_earlier_name_of_a_company_is_kept_with_who_wrote_it(register: Register) -> None:
    edit(register, {"company_name": Kept(SECOND, 1)})
    edit(register, {"uscc": None})
    names = [version.values["company_name"] for version in past(register) if "company_name" in version.values]
    assert names == [SECOND, FIRST]
    assert next(version.emptied for version in past(register)) == {"uscc"}
    assert {version.by for version in past(register)} == {register.world.people["clerk"].pseudonym}


def test_an_earlier_phone_is_shown_masked(register: Register) -> None:
    edit(register, {"mobile": Kept("13900002222", 1)}, name="li")
    phones = [version.values["mobile"] for version in past(register, "li") if "mobile" in version.values]
    assert phones == ["139****2222", "138****5678"]


def test_one_act_is_one_line_whatever_the_storage_groups(register: Register) -> None:
    first = past(register, "li")[-1]
    assert {"person_name", "mobile", "id_number", "home_address"} <= set(first.values)


def test_a_contact_of_a_company_has_a_history_of_its_own(register: Register) -> None:
    chen = register.records["chen"]
    edit(register, {"contact_mobile": Kept("13611113333", 1)}, record=chen)
    phones = [version.values.get("contact_mobile") for version in past(register, record=chen)]
    assert phones == ["136****3333", "135****2222"]


def seen(register: Register) -> Mapping[str, queries.Cell]:
    return queries.profile(
        actor=register.world.actor("clerk"),
        purpose=SALES,
        row=Customer.objects.get(id=register["huaxin"]),
        fields=["company_name", "uscc"],
        action=Action.VIEW,
        reason="",
        now=clock.now(),
    ).cells


def test_a_public_value_names_its_footing_too(register: Register) -> None:
    origin = seen(register)["company_name"].provenance
    assert origin is not None
    row = Provenance.objects.get(id=origin)
    assert (row.channel, row.method, row.source) == ("sales", "hand", "internal")
    assert row.operator == register.world.people["clerk"].pseudonym


def test_a_public_value_that_failed_its_check_stays_marked(register: Register) -> None:
    assert seen(register)["uscc"].mark == 1
    edit(register, {"uscc": Kept("91350100M000100Y44", UNVERIFIED, "uscc.check")})
    assert (seen(register)["uscc"].mark, seen(register)["uscc"].problem) == (UNVERIFIED, "uscc.check")
    assert seen(register)["company_name"].mark == 1


def test_the_page_tells_history_and_footing(register: Register, world: World, client: Client) -> None:
    edit(register, {"company_name": Kept(SECOND, 1)})
    world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    page = client.get(f"/customers/{register['huaxin']}/history/").content.decode()
    assert FIRST in page
    assert SECOND in page
    assert "王芳" in page
    profile = client.get(f"/customers/{register['huaxin']}/").content.decode()
    footing = profile[profile.rindex(f">{SECOND}<") :][:500]
    assert "人工录入" in footing


def test_a_destroyed_batch_leaves_no_clear_version(register: Register) -> None:
    batch = UUID(int=7)
    assert ClearVersion.objects.filter(customer_id=register["huaxin"]).exists()
    Customer.objects.filter(id=register["huaxin"]).update(batch_id=batch)
    services.destroy_batch(actor=register.world.actor("clerk"), batch=batch)
    assert not ClearVersion.objects.filter(customer_id=register["huaxin"]).exists()
