"""States that need a person find that person: keys, policies, webhooks, forms, sights; and approvals name their day."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.db.models import F
from django.test import Client

from shouxin.access.webhooks import services as webhooks
from shouxin.access.webhooks.models import Endpoint
from shouxin.core.policy import Sight
from shouxin.customers.collection.models import CollectionPlan
from shouxin.customers.collection.tests import cast as plans
from shouxin.customers.collection_forms import queries as forms
from shouxin.customers.collection_forms import services as form_services
from shouxin.customers.collection_forms.tests import cast
from shouxin.kit import clock
from shouxin.people.models import Staff
from shouxin.people.notices import looking
from shouxin.people.notices.kinds import kinds
from shouxin.people.notices.models import Notice
from shouxin.people.sights import services as sights
from shouxin.vault.models import RootKey
from tests.register import Register, acknowledge
from tests.test_decide_through_delegation import asked
from tests.test_tell_every_thing import connection_of, delegation, program, reset, risk, webhook
from tests.world import without_keys

pytestmark = pytest.mark.django_db
ROTATES = {"security_admin"}
DECIDED = ("grants.awaiting", "clients.awaiting", "risks.awaiting", "connections.confirm", "factors.reset")


def told(kind: str) -> set[str]:
    """Who is told of a kind now, by the bell."""
    looking.look_for(kinds[kind], now=clock.now())
    found = Notice.objects.filter(kind=kind, closed_at=None).values_list("recipient__user_name", flat=True)
    return set(found)


def test_keys_that_need_a_person_are_told_to_whoever_rotates_them(register: Register) -> None:
    assert told("vault.keys_away") == set()
    with without_keys():
        assert told("vault.keys_away") == ROTATES
    assert told("vault.keys_away") == set()
    row = RootKey.objects.create(
        number=7, kind="file", suite=1, fingerprint="f", state="retiring", since=clock.now()
    )
    assert told("vault.root_unfinished") == set()  # under way
    RootKey.objects.filter(number=7).update(since=clock.now() - timedelta(hours=2))
    assert told("vault.root_unfinished") == ROTATES
    row.state = "retired"
    row.save()
    assert (told("vault.root_unfinished"), told("vault.root_retired")) == (set(), ROTATES)


def test_whoever_did_not_acknowledge_the_rules_is_told_until_they_do(register: Register) -> None:
    clerk = register.world.people["clerk"].id
    Staff.objects.exclude(id=clerk).update(suspended_at=clock.now(), roles=[])
    assert told("policies.acknowledge") == set()
    Staff.objects.filter(id=clerk).update(stay=F("stay") + 1)  # left and came back
    assert told("policies.acknowledge") == {"clerk"}
    [notice] = Notice.objects.filter(kind="policies.acknowledge")
    assert notice.path == "/rules/policies/read/"
    acknowledge(register.world.staff("clerk"))
    assert told("policies.acknowledge") == set()


def test_a_webhook_that_stopped_is_told_to_whoever_answers_for_it(register: Register) -> None:
    key = UUID(webhook(register).split("/")[-2])
    webhooks.approve(actor=register.world.actor("officer"), endpoint=key, now=clock.now())
    assert told("webhooks.stopped") == set()
    Endpoint.objects.filter(id=key).update(state="disabled", disabled_at=clock.now(), failures=20)
    assert told("webhooks.stopped") == {"sales_head"}  # its owner, a clerk, may not open the page


def test_forms_and_plans_come_back_to_whoever_drafted_them(register: Register) -> None:
    row = cast.drafted(register.world)
    form_services.submit(actor=register.world.actor("sales_head"), version=row.id, now=clock.now())
    assert "officer" in told("forms.awaiting")
    form_services.publish(
        actor=register.world.actor("officer"), version=row.id, seen=forms.digest_of(row), now=clock.now()
    )
    assert (told("forms.awaiting"), told("forms.decided")) == (set(), {"sales_head"})
    plan = plans.running_plan(register.world, row, maximum=10)
    assert told("plans.filling") == set()
    CollectionPlan.objects.filter(id=plan.id).update(people=9)
    assert told("plans.filling") == {"sales_head", "officer"}


def test_somebody_whose_sight_changed_is_told_and_led_to_what_it_is_now(
    register: Register, client: Client
) -> None:
    staff = register.world.people["clerk"].id
    setting = sights.ask(
        actor=register.world.actor("security_admin"), staff_id=staff, sight=Sight.OWN, now=clock.now()
    )
    assert told("sights.changed") == set()
    sights.confirm(actor=register.world.actor("sales_head"), setting_id=setting.id, now=clock.now())
    assert told("sights.changed") == {"clerk"}
    notice = Notice.objects.get(kind="sights.changed")
    clerk = register.world.signed_in(client, "clerk")
    page = clerk.get(f"/notices/{notice.id}/", follow=True)
    assert page.redirect_chain[-1][0] == f"/people/staff/{staff}/sight/"
    assert "单独设定 · 仅本人负责的客户" in page.content.decode()
    another = register.world.people["agent"].id
    assert clerk.get(f"/people/staff/{another}/sight/").status_code == 404


def test_what_waits_for_a_decision_names_the_day_it_is_expected_by(register: Register) -> None:
    asked(register, "clerk")
    program(register)
    for made in (risk, connection_of, reset, delegation):
        made(register)
    seen = set()
    for key in DECIDED:
        for _recipient, matter in kinds[key].find(clock.now()):
            assert matter.due is not None
            assert timedelta(days=2) < matter.due - clock.now() < timedelta(days=14)
            seen.add(key)
    assert seen == set(DECIDED)
