"""A customer corrects and supplements: unverified at once, verified through staff, taken back while it waits."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from shouxin.core.policy import customer_actor
from shouxin.customers.quality import rules as quality
from shouxin.customers.quality.models import Standing
from shouxin.kit import clock
from shouxin.portal.changes.models import Change
from shouxin.portal.choosing.tests.test_choose_purposes import browser
from shouxin.portal.entering.models import Session
from shouxin.portal.held import presenting
from shouxin.portal.held import queries as held
from shouxin.portal.held.queries import PURPOSE
from shouxin.portal.unstated.models import Ground
from shouxin.rights.cases import services as cases
from shouxin.rights.cases.models import Case, Check
from tests.register import PHONE, SALES, Register

OTHER = "13900001111"
pytestmark = pytest.mark.django_db(transaction=True)


def proved(register: Register, name: str = "li") -> Client:
    """A browser whose owner typed a second code just now."""
    client = browser(register, name)
    Session.objects.filter(customer_id=register[name], ended_at=None).update(second_factor_at=clock.now())
    return client


def verify(register: Register, field: str) -> None:
    """Staff verified this value of 李小明 today."""
    row = Standing.objects.get(id=register["li"])
    known = quality.read(row.values)
    known[field] = known[field]._replace(verified=quality.day(timezone.localdate()))
    row.values = quality.stored(known)
    row.save()


def test_an_unverified_value_is_right_at_once_and_checked_as_staff_s_are(register: Register) -> None:
    once = browser(register)
    assert PHONE not in once.get("/my/correct/").content.decode()
    assert once.get("/my/correct/mobile/").status_code == 302
    mine = proved(register)
    assert PHONE in mine.get("/my/correct/").content.decode()
    assert f'value="{PHONE}"' in mine.get("/my/correct/mobile/").content.decode()
    wrong = mine.post("/my/correct/mobile/", {"value": "12345"})
    assert wrong.status_code == 422
    assert mine.post("/my/correct/mobile/", {"value": PHONE}).status_code == 422
    Change.objects.all().delete()
    done: Any = mine.post("/my/correct/mobile/", {"value": OTHER})
    assert done.url == "/my/correct/?done=1"
    assert OTHER in mine.get("/my/correct/").content.decode()
    assert not Change.objects.exists()  # nobody has to be told of their own doing
    assert mine.post("/my/correct/email/", {"value": "li@example.com"}).status_code == 302  # supplemented
    assert "li@example.com" in mine.get("/my/correct/").content.decode()
    assert not Case.objects.exists()
    check_what_it_is_kept_for(register)
    for ours in ("customer_no", "segment", "aml_risk_rating", "uscc", "nothing"):
        assert mine.get(f"/my/correct/{ours}/").status_code == 404
    Session.objects.update(second_factor_at=clock.now() - timedelta(minutes=11))
    assert mine.post("/my/correct/mobile/", {"value": PHONE}).status_code == 302
    assert OTHER in proved(register).get("/my/correct/").content.decode()


def check_what_it_is_kept_for(register: Register) -> None:
    """What a person wrote goes on being kept for what the value was collected for, and says who wrote it."""
    found = held.held(me=customer_actor(register["li"]), now=clock.now())
    items = {item.rule.key: item for items in found.categories.values() for item in items}
    for key in ("mobile", "email"):
        purpose = items[key].purpose
        assert purpose is not None
        assert purpose.key == SALES
        line = presenting.line(items[key])
        assert (line["source"], line["since"].date()) == ("您本人更正或补充", timezone.localdate())
    assert PURPOSE not in {rule.key for rule in found.purposes}
    assert not Ground.objects.filter(purpose=PURPOSE).exists()


def test_a_verified_value_waits_for_staff_and_can_be_taken_back(register: Register) -> None:
    verify(register, "mobile")
    mine = proved(register)
    answer: Any = mine.post("/my/correct/mobile/", {"value": OTHER})
    row = Case.objects.get()
    assert answer.url == f"/my/requests/{row.id}/"
    assert (row.kind, row.fields, row.channel) == ("correct", ["mobile"], "portal")
    page = mine.get("/my/correct/").content.decode()
    assert PHONE in page
    assert "更正核实中" in page
    assert mine.post("/my/correct/mobile/", {"value": "13900002222"}).status_code == 422
    mine.post(f"/my/requests/{row.id}/take-back/")
    assert mine.post("/my/correct/mobile/", {"value": OTHER}).status_code == 302
    row = Case.objects.exclude(state="withdrawn").get()
    clerk = register.world.signed_in(Client(), "clerk")
    session = clerk.session
    session["purpose"] = SALES
    session.save()
    address = f"/portal/corrections/{row.id}/"
    clerk.post(address)
    assert PHONE in mine.get("/my/correct/").content.decode()  # nobody took the case yet
    actor = register.world.actor("clerk")
    cases.take(actor=actor, case=row.id, now=clock.now())
    row.refresh_from_db()
    if row.state == "identity":
        cases.check(actor=actor, case=row.id, method=Check.Method.IN_PERSON, now=clock.now())
    assert OTHER in clerk.get(f"/rights/{row.id}/").content.decode()
    assert clerk.post(address).status_code == 302
    assert OTHER in mine.get("/my/correct/").content.decode()
    agent = register.world.signed_in(Client(), "agent")
    assert agent.post(address).status_code == 404


def test_codes_are_told_in_words_and_own_looks_are_one_line(register: Register) -> None:
    mine = proved(register)
    assert mine.post("/my/correct/gender/", {"value": "2"}).status_code == 302
    page = mine.get("/my/correct/").content.decode()
    assert '<p class="my-text">女</p>' in page
    mine.get("/my/?later=1")
    told = mine.get("/my/reads/").content.decode()
    assert told.count('my-who">您本人') == 1  # in clear and masked in turn, as the pages show it
    assert "看到全文" in told
