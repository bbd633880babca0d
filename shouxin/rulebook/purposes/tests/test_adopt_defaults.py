import pytest

from shouxin.core.policy import Actor, Necessity, PurposeStatus
from shouxin.rulebook.catalogue.queries import fields
from shouxin.rulebook.catalogue.services import Loaded
from shouxin.rulebook.purposes import queries
from shouxin.rulebook.purposes.defaults import Adoption, adopt_defaults, draft_defaults
from shouxin.rulebook.purposes.models import Purpose


@pytest.fixture
def adopted(rules: Loaded, head: Actor, officer: Actor) -> Adoption:
    return adopt_defaults(head, officer, organisation="示范公司", contact="privacy@example.com")


def test_every_default_but_marketing_is_in_use(adopted: Adoption) -> None:
    assert set(adopted.activated) == {
        "sales_contract",
        "service",
        "leasing",
        "legal_obligation",
        "maintenance",
    }
    assert set(adopted.waiting) == {"marketing"}
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
