"""A lead has a source, a permission and an end: kept off call lists without one, destroyed for good when it is over."""

from datetime import timedelta

import pytest
from django.test import Client

from shouxin.core.policy import Action
from shouxin.customers.leads import queries, services
from shouxin.customers.leads.models import Lead, LeadSource, Permitted
from shouxin.customers.leads.problems import LeadProblem
from shouxin.customers.registry import queries as registry
from shouxin.customers.registry.models import Customer, Record
from shouxin.gate import services as gate
from shouxin.journal.queries import of_events
from shouxin.kit import clock
from shouxin.vault.queries import states
from tests.register import PHONE, SALES, Register

pytestmark = pytest.mark.django_db


def noted(register: Register, name: str = "li", permission: Permitted = Permitted.INQUIRY) -> Lead:
    return services.begin(
        actor=register.world.actor("clerk"),
        customer=register[name],
        source=LeadSource.EVENT,
        permission=permission,
        purpose=SALES,
        now=clock.now(),
    )


def test_a_permission_holds_for_what_it_was_given_for_and_consent_must_be_there(register: Register) -> None:
    with pytest.raises(LeadProblem, match="no-consent"):
        noted(register, permission=Permitted.CONSENT)
    noted(register)
    assert queries.obstacles([register["li"]], SALES, clock.now()) == {}
    assert queries.obstacles([register["li"]], "service", clock.now()) == {
        register["li"]: "lead.no-permission"
    }


@pytest.mark.clause("C1.3")
def test_a_lead_that_is_over_is_destroyed_for_good_and_the_journal_says_so(register: Register) -> None:
    lead, now = noted(register), clock.now()
    assert services.destroy_due(now=now) == 0
    over = lead.expires_at + timedelta(seconds=1)
    assert services.destroy_due(now=over) == 1
    assert set(states([register["li"]])[register["li"]].values()) == {"destroyed"}
    row = Customer.objects.get(id=register["li"])
    assert (row.public_values, row.search_parts) == ({}, [])
    assert registry.find(register.world.actor("clerk"), row.id) is None
    with pytest.raises(gate.Refused):
        gate.open_sealed(
            actor=register.world.actor("clerk"),
            purpose=SALES,
            customers=[row.id],
            fields=["person_name", "mobile"],
            action=Action.VIEW,
            reason="",
            now=over,
        )
    (entry,) = of_events(["lead.destroyed"])
    assert entry.data["lead_source"] == "event"
    assert len(of_events(["group.destroyed"])) == entry.data["groups"] > 0
    lead.refresh_from_db()
    assert (lead.state, lead.source) == ("destroyed", "event")
    assert services.destroy_due(now=over) == 0
    assert set(states([register["zhang"]])[register["zhang"]].values()) != {"destroyed"}


def test_whoever_bought_by_then_is_a_customer_and_kept(register: Register) -> None:
    lead = noted(register)

    Record.objects.create(
        customer_id=register["li"],
        kind="order",
        created_by=register.world.people["clerk"].id,
        created_at=clock.now(),
    )
    assert services.destroy_due(now=lead.expires_at) == 0
    lead.refresh_from_db()
    assert lead.state == "turned"
    with pytest.raises(LeadProblem, match="already"):
        noted(register)


def test_the_screens_list_note_and_turn_within_what_one_sees(register: Register, client: Client) -> None:
    register.world.signed_in(client, "clerk").post("/purpose/", {"purpose": SALES})
    there = f"/customers/{register['li']}/"
    assert client.post(f"{there}lead/", {"source": "visit", "permission": "none"}).status_code == 302
    page = client.get("/customers/leads/").content.decode()
    assert str(register["li"]) in page
    assert PHONE not in page
    assert str(register["li"]) not in client.get("/customers/leads/?show=ending").content.decode()
    assert "lead/turn/" in client.get(there).content.decode()
    other = register.world.signed_in(Client(), "agent")
    other.post("/purpose/", {"purpose": "service"})
    assert other.post(f"{there}lead/turn/").status_code == 404
    assert str(register["li"]) not in other.get("/customers/leads/").content.decode()
    assert client.post(f"{there}lead/turn/").status_code == 302
    assert Lead.objects.get().state == "turned"
