import pytest
from django.test import Client

from shouxin.core.policy import Actor, Necessity, PurposeStatus
from shouxin.rulebook.catalogue import services as catalogue
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.catalogue.services import Loaded
from shouxin.rulebook.purposes import queries
from shouxin.rulebook.purposes.defaults import Adoption, adopt_defaults, draft_defaults, submit_defaults
from shouxin.rulebook.purposes.models import Purpose
from tests.world import World

PAGE = "/rules/purposes/defaults/"


def test_every_default_is_in_use(adopted: Adoption) -> None:
    assert set(adopted.activated) == {
        "sales_contract",
        "service",
        "leasing",
        "marketing",
        "legal_obligation",
        "maintenance",
        "customer_analysis",
        "personal_offers",
        "individual_rights",
    }
    assert adopted.waiting == {}


def test_marketing_waits_where_consent_cannot_be_asked(
    rules: Loaded, head: Actor, officer: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shouxin.gate.facts.is_available", lambda name: name != "consent")
    adopted = adopt_defaults(head, officer, organisation="示范公司", contact="privacy@example.com")
    assert set(adopted.waiting) == {"marketing", "personal_offers"}
    assert "同意" in adopted.waiting["marketing"].zh


def test_defaults_are_marked_as_defaults(adopted: Adoption) -> None:
    assert set(Purpose.objects.values_list("verification", flat=True)) == {"PRODUCT DEFAULT"}
    assert Purpose.objects.get(key="service").handler == "示范公司"


def test_adopting_twice_changes_nothing(adopted: Adoption, head: Actor, officer: Actor) -> None:
    again = adopt_defaults(head, officer, organisation="示范公司", contact="privacy@example.com")
    assert again == Adoption((), {})


def test_drafts_alone_allow_nothing(rules: Loaded, head: Actor, clerk: Actor) -> None:
    draft_defaults(head, organisation="示范公司", contact="privacy@example.com")
    assert queries.active_purposes(clerk) == ()
    assert {rule.status for rule in queries.purpose_rules().values()} == {PurposeStatus.DRAFT}


def test_a_rule_names_fields_basis_and_notice(adopted: Adoption, clerk: Actor) -> None:
    rule = queries.purpose_rule("sales_contract")
    assert rule is not None
    assert rule.fields["person_name"] is Necessity.REQUIRED
    assert rule.fields["mobile"] is Necessity.OPTIONAL
    assert "health" not in rule.fields
    assert rule.article == "个人信息保护法 第13条第1款第2项"
    assert rule.notice_version_id is not None
    assert "示范公司" in queries.notice_version(rule.notice_version_id).text  # type: ignore[union-attr]
    assert {purpose.key for purpose in queries.active_purposes(clerk)} == {
        "sales_contract",
        "service",
        "leasing",
        "marketing",
    }


@pytest.mark.clause("C4.3")
def test_a_service_purpose_holds_no_field_of_another_use(adopted: Adoption) -> None:
    known = fields()
    for key in ("sales_contract", "service", "leasing", "marketing"):
        rule = queries.purpose_rule(key)
        assert rule is not None
        assert rule.use is not None
        assert all(rule.use in known[field].uses for field in rule.fields)
    assert "line_profit" not in queries.needed_fields("service", "order_line")
    assert "line_profit" in queries.needed_fields("sales_contract", "order_line")


def test_two_people_adopt_the_defaults_on_one_page(world: World, client: Client) -> None:
    catalogue.load_pack(catalogue.START)
    bench = world.signed_in(client, "sales_head").get("/")
    assert [c.number for c in bench.context["bench"].counters if c.card.key == "rulebook.defaults"] == [9]
    said = {"organisation": "守信示例公司", "contact": "周正 010-12345678", "effective_on": "2026-01-01"}
    assert client.post(PAGE, said | {"organisation": ""}).status_code == 422
    assert client.post(PAGE, said).status_code == 302
    assert set(Purpose.objects.values_list("status", flat=True)) == {"submitted"}
    waiting = client.get(PAGE)
    assert "待另一人" in waiting.content.decode()
    assert client.post(f"{PAGE}approve/").status_code == 403

    page = world.signed_in(client, "officer").get(PAGE)
    assert "守信示例公司" in page.content.decode()  # the text of the notice is read before it is approved
    listed = {
        "purpose": [row.key for row, _, _ in page.context["purposes"]],
        "seen": [digest for _, digest, _ in page.context["purposes"]],
        "version": [str(version.id) for version in page.context["versions"]],
    }
    assert client.post(f"{PAGE}approve/", listed).status_code == 302
    assert Purpose.objects.filter(status="active").count() == 9
    assert {rule.key for rule in queries.active_purposes(world.actor("clerk"))} == {
        "sales_contract",
        "service",
        "leasing",
        "marketing",
    }
    assert "都已采用" in client.get(PAGE).content.decode()


def test_who_submitted_the_defaults_does_not_approve_them(world: World, client: Client) -> None:
    catalogue.load_pack(catalogue.START)
    world.signed_in(client, "officer")
    said = {"organisation": "守信示例公司", "contact": "周正", "effective_on": "2026-01-01"}
    assert client.post(PAGE, said).status_code == 302
    assert client.get(PAGE).context["purposes"] == []
    client.post(f"{PAGE}approve/", {"purpose": ["service"], "seen": [""]})
    assert set(Purpose.objects.values_list("status", flat=True)) == {"submitted"}


def test_defaults_changed_after_the_page_was_read_are_not_approved(world: World, client: Client) -> None:
    catalogue.load_pack(catalogue.START)
    submit_defaults(world.actor("sales_head"), organisation="守信示例公司", contact="周正")
    world.signed_in(client, "officer")
    answer = client.post(f"{PAGE}approve/", {"purpose": ["service"], "seen": ["0" * 64]}, follow=True)
    assert "内容有改动" in answer.content.decode()
    assert Purpose.objects.get(key="service").status == "submitted"
