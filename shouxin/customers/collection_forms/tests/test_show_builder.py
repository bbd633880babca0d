"""The pages on which a form is built, looked at and published; everything works without scripts."""

import pytest
from django.test import Client

from shouxin.customers.collection_forms import queries, services
from shouxin.customers.collection_forms.models import FormState, FormVersion
from shouxin.customers.collection_forms.tests.cast import REASON, drafted, published
from shouxin.kit import clock
from tests.register import SALES
from tests.world import World

pytestmark = pytest.mark.usefixtures("ruled")


def page(world: World, client: Client, who: str, path: str, status: int = 200) -> str:
    found = world.signed_in(client, who).get(path)
    assert found.status_code == status
    return found.content.decode()


def test_a_form_is_built_page_by_page(world: World, client: Client) -> None:
    world.signed_in(client, "sales_head")
    words = {
        "title_zh": "到店登记",
        "kind": "registration",
        "purpose": SALES,
        "subjects": "person",
        "existing": "fill",
    }
    begun = client.post("/customers/forms/new/", words)
    row = FormVersion.objects.get()
    builder = f"/customers/forms/{row.id}/fields/"
    assert begun["Location"] == builder
    for field, necessity in (("mobile", "optional"), ("person_name", "required")):
        said = {"field": field, "necessity": necessity, "reason_zh": REASON}
        if necessity == "required":
            said["mandatory"] = "on"
        assert client.post(builder, said).status_code == 302
    wrong = client.post(builder, {"field": "email", "necessity": "optional", "mandatory": "on"})
    assert wrong.status_code == 422
    assert "只有必需的字段可以设为必填。" in wrong.content.decode()
    client.post(f"{builder}person_name/arrange/", {"verb": "up"})
    assert [one.field_id for one in queries.asked(row)] == ["person_name", "mobile"]
    preview = client.get(f"/customers/forms/{row.id}/preview/").content.decode()
    assert preview.index("姓名") < preview.index("手机号码")
    assert client.post(f"/customers/forms/{row.id}/submit/").status_code == 302
    assert FormVersion.objects.get().state == FormState.SUBMITTED
    world.signed_in(client, "officer")
    seen = {"seen": queries.digest_of(row)}
    assert client.post(f"/customers/forms/{row.id}/publish/", seen).status_code == 302
    assert FormVersion.objects.get().state == FormState.PUBLISHED


def test_a_refusal_to_submit_names_the_fields_on_the_page(world: World, client: Client) -> None:
    row = drafted(world, (("marital_status", "optional", False),))
    text = page(world, client, "sales_head", f"/customers/forms/{row.id}/")
    assert "“婚姻状况”没有列入目的“销售跟进/履行合同”" in text
    assert f"/customers/forms/{row.id}/submit/" not in text
    refused = client.post(f"/customers/forms/{row.id}/submit/")
    assert refused.status_code == 422
    assert "“婚姻状况”" in refused.content.decode()


@pytest.mark.clause("A2.1")
def test_the_table_of_a_published_version_says_why_each_field_is_asked(world: World, client: Client) -> None:
    row = published(world)
    text = page(world, client, "clerk", f"/customers/forms/{row.id}/table/")
    for said in ("姓名", "手机号码", REASON, "销售跟进/履行合同", row.content_sha256, "周正"):
        assert said in text
    assert "data-print" in text


def test_the_list_narrows_to_what_waits_for_me(world: World, client: Client) -> None:
    row = drafted(world)
    services.submit(actor=world.actor("sales_head"), version=row.id, now=clock.now())
    waiting = "/customers/forms/?show=waiting"
    assert "到店登记" in page(world, client, "officer", waiting)
    assert "到店登记" not in page(world, client, "sales_head", waiting)
    assert "待审批的收集表单" in page(world, client, "officer", "/")
    assert "待审批的收集表单" not in page(world, client, "sales_head", "/")
